// Drives pages in a browser: reads what to do from stdin, writes what was seen to stdout, both as JSON.
//   [{"url", "file": path of inputs to choose, or null}, ...] -> [{"state", "status", "notes", "rows", "document"}, ...]
// usage: node drive_page.mjs FOLDER-OF-PACKAGES BROWSER [FLAG]...

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [packages, executablePath, ...flags] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/`)('playwright-core');

async function look(page) {
  await page.waitForFunction(() => document.body.dataset.state !== 'running', null, { timeout: 60_000 });
  const seen = await page.evaluate(() => {
    const textsOf = (selector, root = document) => [...root.querySelectorAll(selector)].map((one) => one.textContent);
    return {
      state: document.body.dataset.state,
      status: document.getElementById('status').textContent,
      notes: textsOf('#notes li'),
      rows: [...document.querySelectorAll('#outputs tr')].map((row) => textsOf('td', row)),
      isolated: crossOriginIsolated,
    };
  });
  return { ...seen, document: await saved(page) };
}

/** What the link to all values saves; null where there is none. */
async function saved(page) {
  const link = page.locator('#document');
  if (await link.isHidden()) return null;
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return JSON.parse(readFileSync(await download.path(), 'utf8'));
}

async function visit(browser, { url, file }) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(url);
  let seen = await look(page);
  if (file) {
    await page.setInputFiles('#file', file);
    await page.waitForFunction((before) => document.getElementById('status').textContent !== before, seen.status);
    seen = await look(page);
  }
  await page.close();
  return { ...seen, errors };
}

const tasks = JSON.parse(readFileSync(0, 'utf8'));
const browser = await chromium.launch({ executablePath, args: flags });
const seen = [];
for (const task of tasks) seen.push(await visit(browser, task));
await browser.close();
process.stdout.write(JSON.stringify(seen));
