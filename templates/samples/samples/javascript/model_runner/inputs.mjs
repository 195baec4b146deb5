/** Inputs from a JSON document. */

import { printable, SampleError } from './messages.mjs';
import { toTensor } from './tensors.mjs';

/**
 * Tensors by input name, from a document of the form of golden.json, or of nested lists by
 * name. `parameters` are what the session takes, as describeSession returns it.
 */
export function readInputs(ort, document, parameters) {
  const values = isGolden(document) ? document.inputs.map(named) : Object.entries(document).map(nested);
  const given = new Map(values);
  for (const name of given.keys()) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      throw new SampleError(`the model has no input ${quoted(name)}, but ${listed(parameters)}`);
    }
  }
  const feeds = Object.create(null); // names may be those of Object's own properties
  for (const parameter of parameters) {
    if (!given.has(parameter.name)) throw new SampleError(`no value for the input ${described(parameter)}`);
    feeds[parameter.name] = feed(ort, given.get(parameter.name), parameter);
  }
  return feeds;
}

function isGolden(document) {
  const { inputs } = document;
  const isForm = Array.isArray(inputs) && inputs.every((value) => typeof value?.name === 'string' && value.kind);
  return isForm && (inputs.length > 0 || document.format === 1);
}

function named(value) {
  return [value.name, value.kind === 'optional' ? value.value : value];
}

function nested([name, value]) {
  return [name, value === null ? null : { kind: 'tensor', shape: shapeOf(value), data: [value].flat(Infinity) }];
}

/** The shape of nested lists; null where they are of different lengths. */
function shapeOf(value) {
  if (!Array.isArray(value)) return [];
  const shapes = value.map(shapeOf);
  if (shapes.some((shape) => shape === null || String(shape) !== String(shapes[0]))) return null;
  return [value.length, ...(shapes[0] ?? [])];
}

function feed(ort, value, parameter) {
  if (value === null) {
    throw new SampleError(`input ${described(parameter)}: JavaScript cannot leave out an optional input`);
  }
  const { kind, dtype = parameter.dtype, shape, data } = value;
  if (shape === null) throw new SampleError(`input ${described(parameter)}: got lists of different lengths`);
  if (kind !== 'tensor' || dtype !== parameter.dtype || !Array.isArray(shape) || !Array.isArray(data)) {
    throw new SampleError(`input ${described(parameter)}: got a ${printable(`${kind} of ${dtype}`)}`);
  }
  if (!fits(shape, parameter.shape)) {
    throw new SampleError(`input ${described(parameter)}: got the shape [${shape.join(', ')}]`);
  }
  try {
    return toTensor(ort, { dtype, shape, data });
  } catch (error) {
    throw new SampleError(`input ${described(parameter)}: ${printable(error.message)}`);
  }
}

function fits(shape, declared) {
  if (declared === null) return true;
  const isSame = (length, axis) => typeof declared[axis] === 'string' || declared[axis] === length;
  return shape.length === declared.length && shape.every(isSame);
}

function listed(parameters) {
  return parameters.map(described).join(', ') || 'takes none';
}

function described({ name, dtype, shape }) {
  const lengths = shape === null ? '...' : shape.map((length) => (length === '' ? '?' : length)).join(', ');
  return `${quoted(name)} (${printable(`${dtype} [${lengths}]`)})`;
}

function quoted(name) {
  return printable(JSON.stringify(name));
}
