/**
 * Run the model of this project with ONNX Runtime and print what it returns.
 *
 * The result goes to stdout as one JSON document, everything else to stderr.
 */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { differences } from './model_runner/comparison.mjs';
import { readInputs } from './model_runner/inputs.mjs';
import { printable, SampleError } from './model_runner/messages.mjs';
import { GOLDEN, MODEL, PROVIDERS } from './model_runner/model.mjs';
import { describeSession, openSession, refusal, runSession } from './model_runner/session.mjs';
import { readSettings } from './model_runner/settings.mjs';

const BUNDLE = fileURLToPath(new URL('../../', import.meta.url));
const USAGE = `usage: node sample.mjs [options]

  --model PATH      ONNX file to run instead, with the inference_config.json beside it
  --config FILE     settings to use instead of the inference_config.json of the model
  --inputs FILE     JSON with values by input name, or of the form of golden.json
  --check           run on the golden inputs and compare with the golden outputs
  --allow-fallback  go on where the execution provider asked for cannot be used`;

async function main(options) {
  if (options.check && !GOLDEN) throw new SampleError('this project has no golden vectors to check against');
  const inputs = options.inputs ?? (GOLDEN && path.join(BUNDLE, GOLDEN));
  if (!inputs) throw new SampleError('there are no golden inputs: give --inputs FILE');
  const ort = await loadRuntime();
  const session = await open(ort, options);
  const { parameters, readable, leftOut } = describeSession(session, MODEL.inputs);
  for (const name of leftOut) note(`left out the output ${printable(name)}: JavaScript cannot read its type`);
  const document = await readJson(inputs);
  const outputs = await runSession(session, readInputs(ort, document, parameters), readable);
  process.stdout.write(`${JSON.stringify({ outputs })}\n`);
  return options.check ? check(outputs, document, leftOut) : 0;
}

async function loadRuntime() {
  try {
    const { default: ort } = await import('onnxruntime-node');
    ort.env.logLevel = 'error';
    return ort;
  } catch (error) {
    throw new SampleError(`${printable(error.message)}\nInstall what this sample needs: npm install`);
  }
}

async function open(ort, options) {
  const model = options.model ?? path.join(BUNDLE, MODEL.path);
  const reason = options.model ? null : refusal(MODEL);
  if (reason) throw new SampleError(`ONNX Runtime for JavaScript cannot run this model because ${reason}`);
  const settings = await settingsFor(model, options.config);
  settings.notes.forEach(note);
  const { session, provider } = await openSession(
    (sessionOptions) => ort.InferenceSession.create(model, sessionOptions),
    settings,
    {
      supported: ort.listSupportedBackends().map(({ name }) => name),
      allowFallback: options['allow-fallback'],
      note,
    },
  );
  note(`onnxruntime-node ${ort.env.versions.node} on ${provider}`);
  return session;
}

async function settingsFor(model, config) {
  const file = config ?? path.join(path.dirname(model), 'inference_config.json');
  return readSettings(await readJson(file, { optional: !config }), PROVIDERS);
}

async function readJson(file, { optional = false } = {}) {
  let document;
  try {
    document = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (error) {
    if (optional && error.code === 'ENOENT') {
      note(`no ${printable(file)}: default settings`);
      return {};
    }
    throw new SampleError(`cannot read ${printable(file)}: ${printable(error.message)}`);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new SampleError(`${printable(file)} holds no JSON object`);
  }
  return document;
}

function check(outputs, golden, leftOut) {
  const found = differences(outputs, golden, leftOut);
  found.forEach(note);
  note(found.length ? `check failed: ${found.length} differences` : `check passed: ${outputs.length} outputs`);
  return found.length ? 1 : 0;
}

function note(text) {
  process.stderr.write(`${text}\n`);
}

function parseOptions() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  try {
    const { values } = parseArgs({
      options: { model: text, config: text, inputs: text, check: flag, 'allow-fallback': flag, help: flag },
    });
    if (values.check && values.inputs) throw new Error('--check runs on the golden inputs: leave out --inputs');
    return values;
  } catch (error) {
    note(`error: ${printable(error.message)}\n\n${USAGE}`);
    return null;
  }
}

const options = parseOptions();
if (options?.help) {
  process.stdout.write(`${USAGE}\n`);
} else if (options) {
  process.exitCode = await main(options).catch((error) => {
    note(error instanceof SampleError ? `error: ${error.message}` : error.stack);
    return 1;
  });
} else {
  process.exitCode = 2;
}
