/**
 * Serve this project to a browser on this computer.
 *
 * Its two headers isolate the page from others, which browsers ask for before they let
 * WebAssembly use threads.
 */

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = await realpath(path.dirname(fileURLToPath(import.meta.url)));
const BUNDLE = path.resolve(HERE, '..', '..');
const PAGE = `/${path.relative(BUNDLE, path.join(HERE, 'index.html')).split(path.sep).map(encodeURIComponent).join('/')}`;
const ADDRESS = '127.0.0.1';
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const HEADERS = {
  'Cache-Control': 'no-cache',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** The file that a request asks for; null where there is none that may be served. */
async function fileFor(url) {
  try {
    const parts = new URL(url, `http://${ADDRESS}`).pathname.split('/').slice(1).map(decodeURIComponent);
    if (parts.some((part) => part.startsWith('.') || /[/\\\0]/.test(part))) return null;
    const file = await realpath(path.join(BUNDLE, ...parts));
    const { size, isFile } = await stat(file).then((found) => ({ size: found.size, isFile: found.isFile() }));
    return isFile && file.startsWith(BUNDLE + path.sep) ? { file, size } : null;
  } catch {
    return null; // not a URL, or no such file
  }
}

async function answer(request, response) {
  // A page elsewhere can make its own name resolve to this address, and then read what we serve.
  const isOurs = [ADDRESS, 'localhost'].includes(request.headers.host?.replace(/:\d+$/, ''));
  if (!isOurs || !['GET', 'HEAD'].includes(request.method)) {
    response.writeHead(403, HEADERS).end();
    return;
  }
  if (request.url === '/') {
    response.writeHead(302, { ...HEADERS, Location: PAGE }).end();
    return;
  }
  const found = await fileFor(request.url);
  if (!found) {
    response.writeHead(404, HEADERS).end();
    return;
  }
  const type = TYPES[path.extname(found.file)] ?? 'application/octet-stream';
  response.writeHead(200, { ...HEADERS, 'Content-Length': found.size, 'Content-Type': type });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(found.file), response).catch(() => response.destroy());
}

function portFrom(values) {
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) throw new Error(`${values.port} is not a port`);
  return port;
}

try {
  const port = portFrom(parseArgs({ options: { port: { type: 'string', default: '8080' } } }).values);
  const server = createServer(answer);
  server.on('error', (error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.listen(port, ADDRESS, () => {
    process.stdout.write(`http://${ADDRESS}:${server.address().port}${PAGE}\n`);
  });
} catch (error) {
  process.stderr.write(`error: ${error.message}\n\nusage: node serve.mjs [--port N]\n`);
  process.exitCode = 2;
}
