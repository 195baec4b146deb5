/** Outputs compared with those of golden.json. */

import { printable, SampleError } from './messages.mjs';

/**
 * Compare outputs with golden ones; those in `leftOut` are not missed. Returns one message
 * for each output that differs.
 */
export function differences(outputs, golden, leftOut) {
  const expected = new Map(goldenOutputs(golden).map((output) => [output.name, output]));
  const messages = [];
  for (const output of outputs) {
    const difference = expected.has(output.name) ? differenceOf(output, expected.get(output.name)) : 'not expected';
    if (difference) messages.push(`output ${printable(output.name)}: ${difference}`);
    expected.delete(output.name);
  }
  const missing = [...expected.keys()].filter((name) => !leftOut.includes(name));
  return [...messages, ...missing.map((name) => `output ${printable(name)}: missing`)];
}

function goldenOutputs({ format, outputs }) {
  if (format !== 1 || !Array.isArray(outputs) || !outputs.every((output) => typeof output?.name === 'string')) {
    throw new SampleError('the golden vectors are not of a form that this sample knows');
  }
  return outputs;
}

function differenceOf(actual, expected) {
  if (expected.kind !== 'tensor' || expected.dtype !== actual.dtype) {
    return `is a tensor of ${actual.dtype}, expected a ${printable(`${expected.kind} of ${expected.dtype}`)}`;
  }
  if (String(actual.shape) !== String(expected.shape)) {
    return `has the shape [${actual.shape}], expected [${printable(expected.shape)}]`;
  }
  if (!expected.stable) return null;
  const isClose = comparisonOf(expected);
  if (actual.data.length !== expected.data.length) return 'has another number of values than expected';
  const index = actual.data.findIndex((value, position) => !isClose(value, expected.data[position]));
  if (index < 0) return null;
  return printable(
    `at index ${index} is ${JSON.stringify(actual.data[index])}, expected ${JSON.stringify(expected.data[index])}`,
  );
}

function comparisonOf({ dtype, tolerance }) {
  if (dtype === 'string' || dtype === 'bool') return (actual, expected) => actual === expected;
  const { absolute, relative } = tolerance ?? {};
  if (typeof absolute !== 'number' || typeof relative !== 'number') {
    throw new SampleError('the golden vectors lack a tolerance');
  }
  // Beyond 2^53 a difference of whole numbers is exact only between BigInts.
  const toNumber = /^u?int64$/.test(dtype) ? BigInt : Number;
  return (text, expectedText) => {
    const [actual, expected] = [toNumber(text), toNumber(expectedText)];
    if (Object.is(actual, expected) || actual === expected) return true;
    const [difference, size] = [Number(actual - expected), Number(expected)];
    if (!Number.isFinite(size)) return false; // else the tolerance would be infinite too
    return Math.abs(difference) <= absolute + relative * Math.abs(size);
  };
}
