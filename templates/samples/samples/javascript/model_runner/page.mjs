/** The page: loads the model with onnxruntime-web, runs it, and shows what it returns. */

import { differences } from './comparison.mjs';
import { readInputs } from './inputs.mjs';
import { printable, SampleError } from './messages.mjs';
import { GOLDEN, MODEL, PROVIDERS } from './model.mjs';
import { describeSession, openSession, refusal, runSession } from './session.mjs';
import { readSettings } from './settings.mjs';

const RUNTIME = new URL('../node_modules/onnxruntime-web/dist/', import.meta.url);
const SHOWN = 20; // values of an output in the table

const element = (id) => document.getElementById(id);

/** The URL of a file of the project, from its path there. */
function urlOf(path) {
  return new URL(path.split('/').map(encodeURIComponent).join('/'), new URL('../../../', import.meta.url));
}

async function open() {
  const reason = refusal(MODEL);
  if (reason) throw new SampleError(`ONNX Runtime for JavaScript cannot run this model because ${reason}`);
  const config = await fetch(urlOf(`${MODEL.folder}/inference_config.json`));
  const settings = readSettings(config.ok ? await config.json() : {}, PROVIDERS);
  settings.notes.forEach(note);
  const supported = ['cpu', ...((await navigator.gpu?.requestAdapter()) ? ['webgpu'] : [])];
  const ort = await loadRuntime(settings, supported);
  const externalData = MODEL.externalData.map((path) => ({ path, data: urlOf(`${MODEL.folder}/${path}`).href }));
  const { session, provider } = await openSession(
    (options) => ort.InferenceSession.create(urlOf(MODEL.path).href, { ...options, externalData }),
    settings,
    { supported, allowFallback: new URLSearchParams(location.search).has('allow-fallback'), note },
  );
  note(`onnxruntime-web ${ort.env.versions.web} on ${provider}`);
  const { parameters, readable, leftOut } = describeSession(session, MODEL.inputs);
  for (const name of leftOut) note(`left out the output ${printable(name)}: JavaScript cannot read its type`);
  return { ort, session, parameters, readable, leftOut };
}

async function loadRuntime({ providers, options }, supported) {
  const wantsGpu = providers.some(({ name }) => name === 'webgpu' && supported.includes(name));
  const build = wantsGpu ? 'ort.webgpu.bundle.min.mjs' : 'ort.wasm.bundle.min.mjs';
  const ort = await import(new URL(build, RUNTIME));
  ort.env.logLevel = 'error';
  // Threads share memory, which browsers allow to isolated pages only.
  if (!globalThis.crossOriginIsolated) ort.env.wasm.numThreads = 1;
  else if (options.intraOpNumThreads) ort.env.wasm.numThreads = options.intraOpNumThreads;
  return ort;
}

async function run({ ort, session, parameters, readable, leftOut }, inputs, golden) {
  const outputs = await runSession(session, readInputs(ort, inputs, parameters), readable);
  show(outputs);
  if (!golden) return `${outputs.length} outputs`;
  const found = differences(outputs, golden, leftOut);
  found.forEach(note);
  if (found.length) throw new SampleError(`check failed: ${found.length} differences`);
  return `check passed: ${outputs.length} outputs`;
}

function show(outputs) {
  element('outputs').replaceChildren(
    ...outputs.map(({ name, dtype, shape, data }) => {
      const values = data.slice(0, SHOWN).map((value) => JSON.stringify(value));
      const cells = [name, dtype, `[${shape.join(', ')}]`, values.join(', ') + (data.length > SHOWN ? ', …' : '')];
      const row = document.createElement('tr');
      row.append(...cells.map(cell));
      return row;
    }),
  );
  const link = element('document');
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ outputs })], { type: 'application/json' }));
  link.hidden = false;
}

function cell(text) {
  const created = document.createElement('td');
  created.textContent = printable(text);
  return created;
}

function note(text) {
  const item = document.createElement('li');
  item.textContent = text;
  element('notes').append(item);
}

/** Do something and say how it went; the state tells programs that drive the page. */
async function report(work) {
  document.body.dataset.state = 'running';
  try {
    element('status').textContent = await work();
    document.body.dataset.state = 'done';
  } catch (error) {
    element('status').textContent = `Error: ${error.message}`;
    document.body.dataset.state = 'failed';
  }
}

await report(async () => {
  element('model').textContent = printable(MODEL.path);
  const opened = await open();
  element('file').addEventListener('change', ({ target }) =>
    report(async () => run(opened, JSON.parse(await target.files[0].text()), null)),
  );
  element('file').disabled = false;
  if (!GOLDEN) return 'Choose a file with inputs.';
  const golden = await (await fetch(urlOf(GOLDEN))).json();
  return run(opened, golden, golden);
});
