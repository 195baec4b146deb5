/** inference_config.json: execution providers and session options. */

import { printable, SampleError } from './messages.mjs';

const ERRORS_ONLY = 3; // real models cause hundreds of warnings

/** JavaScript's name of each option, and its names of an enum's members. */
const SESSION_OPTIONS = {
  enable_cpu_mem_arena: ['enableCpuMemArena'],
  enable_mem_pattern: ['enableMemPattern'],
  enable_profiling: ['enableProfiling'],
  execution_mode: ['executionMode', { 0: 'sequential', 1: 'parallel' }],
  graph_optimization_level: [
    'graphOptimizationLevel',
    { 0: 'disabled', 1: 'basic', 2: 'extended', 3: 'layout', 99: 'all', disable_all: 'disabled' },
  ],
  inter_op_num_threads: ['interOpNumThreads'],
  intra_op_num_threads: ['intraOpNumThreads'],
  log_severity_level: ['logSeverityLevel'],
  log_verbosity_level: ['logVerbosityLevel'],
  logid: ['logId'],
  optimized_model_filepath: ['optimizedModelFilePath'],
  profile_file_prefix: ['profileFilePrefix'],
};

/** The same for the options of execution providers, with the type of their values. */
const PROVIDER_OPTIONS = {
  coreml: { coreml_flags: ['coreMlFlags', Number] },
  cuda: { device_id: ['deviceId', Number] },
  dml: { device_id: ['deviceId', Number] },
  qnn: { backend_path: ['backendPath', String], backend_type: ['backendType', String] },
  tensorrt: { device_id: ['deviceId', Number] },
  webgpu: { preferredLayout: ['preferredLayout', String], validationMode: ['validationMode', String] },
};

/**
 * Execution providers in order of preference, session options, and notes on what JavaScript
 * has no option for. `providers` are used where the document names none.
 */
export function readSettings(document, providers) {
  const { execution_provider: names, provider_options: options, session_options: session, io_bind: bind } = document;
  expect(names, Array.isArray, 'execution_provider');
  expect(options, Array.isArray, 'provider_options');
  expect(session, isObject, 'session_options');
  const notes = bind ? ['inputs and outputs are not bound to the device'] : [];
  const wanted = names?.length ? names : providers;
  const entries = wanted.map((entry, index) => (Array.isArray(entry) ? entry : [entry, options?.[index]]));
  return {
    providers: (entries.length ? entries : [['cpu']]).map((entry) => readProvider(entry, notes)),
    options: readOptions(session ?? {}, notes),
    notes,
  };
}

function isObject(value) {
  return typeof value === 'object' && !Array.isArray(value);
}

function expect(value, predicate, name) {
  if (value != null && !predicate(value)) {
    throw new SampleError(`inference_config.json: ${name} cannot be ${printable(JSON.stringify(value))}`);
  }
}

function readProvider([title, options], notes) {
  if (typeof title !== 'string') {
    throw new SampleError(`inference_config.json: not an execution provider: ${printable(JSON.stringify(title))}`);
  }
  expect(options, isObject, 'provider_options');
  const name = title.replace(/ExecutionProvider$/, '').toLowerCase();
  const provider = { name };
  for (const [key, value] of present(options)) {
    const [option, convert] = own(PROVIDER_OPTIONS[name] ?? {}, key) ?? [];
    if (option) provider[option] = convert(value);
    else notes.push(`not in JavaScript: option ${printable(key)} of ${printable(title)}`);
  }
  return provider;
}

function readOptions(session, notes) {
  const { extra_session_config: extra, ...others } = session;
  expect(extra, isObject, 'extra_session_config');
  const options = { logSeverityLevel: ERRORS_ONLY };
  for (const [key, value] of present(others)) {
    const [option, names] = own(SESSION_OPTIONS, key) ?? [];
    if (option) options[option] = names ? readMember(key, value, names) : value;
    else notes.push(`not in JavaScript: session option ${printable(key)}`);
  }
  const texts = present(extra).map(([key, value]) => [key, asText(value)]);
  return texts.length ? { ...options, extra: Object.fromEntries(texts) } : options;
}

/** The name in JavaScript of an enum's member by number (99) or name (ORT_ENABLE_ALL, all). */
function readMember(key, value, names) {
  const text = String(value).toLowerCase().replace(/^ort_/, '');
  const member = own(names, text) ?? text.replace(/^enable_/, '');
  if (!Object.values(names).includes(member)) {
    throw new SampleError(`session option ${key} cannot be ${printable(JSON.stringify(value))}`);
  }
  return member;
}

function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function present(object) {
  return Object.entries(object ?? {}).filter(([, value]) => value !== null);
}

/** ONNX Runtime takes text only, truth values as 1 and 0. */
function asText(value) {
  return String(typeof value === 'boolean' ? Number(value) : value);
}
