/**
 * Tensors on their way between JSON and ONNX Runtime.
 *
 * In JSON their elements are one list, row by row: numbers, true and false, and text;
 * int64 and uint64 are text too, as are "NaN", "Infinity" and "-Infinity".
 */

import { fromBits, toBits } from './float16.mjs';
import { SampleError } from './messages.mjs';

/** What holds the elements of each type that ONNX Runtime can pass to JavaScript. */
const ARRAYS = {
  float16: Uint16Array, // their bits
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  string: Array,
};
/** The types that ONNX Runtime can pass to JavaScript. */
export const SUPPORTED = Object.keys(ARRAYS);

const NOT_FINITE = ['NaN', 'Infinity', '-Infinity'];

/** Whether tensors of this type can be passed at all: bfloat16, float8 and int4 cannot. */
export function isSupported(dtype) {
  return SUPPORTED.includes(dtype);
}

/** A tensor of these elements; throws SampleError where they are not of the type. */
export function toTensor(ort, { dtype, shape, data }) {
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) {
    throw new SampleError(`${data.length} values do not fill the shape [${shape}]`);
  }
  const elements = ARRAYS[dtype].from(data, (element) => toElement(element, dtype));
  return new ort.Tensor(dtype, elements, shape);
}

function toElement(value, dtype) {
  if (dtype === 'string') return toText(value);
  if (dtype === 'bool') return toTruth(value);
  return dtype.startsWith('float') ? toReal(value, dtype) : toInteger(value, dtype);
}

function toText(value) {
  if (typeof value !== 'string') throw notOfType(value, 'string');
  // ONNX Runtime would end the text there without a word.
  if (value.includes('\0')) throw new SampleError('text cannot hold a NUL character');
  return value;
}

function toTruth(value) {
  if (typeof value !== 'boolean') throw notOfType(value, 'bool');
  return Number(value);
}

function toReal(value, dtype) {
  if (typeof value !== 'number' && !NOT_FINITE.includes(value)) throw notOfType(value, dtype);
  const number = Number(value);
  const bits = dtype === 'float16' ? toBits(number) : undefined;
  const kept = { float16: fromBits(bits), float32: Math.fround(number), float64: number }[dtype];
  if (Number.isFinite(number) && !Number.isFinite(kept)) throw beyondRange(value, dtype);
  return bits ?? number;
}

function toInteger(value, dtype) {
  const isText = dtype.endsWith('64') && typeof value === 'string' && /^-?\d+$/.test(value);
  if (!isText && !Number.isInteger(value)) throw notOfType(value, dtype);
  if (!isText && !Number.isSafeInteger(value)) {
    throw new SampleError(`JSON numbers as large as ${value} are not exact: write it as text`);
  }
  const integer = BigInt(value);
  const wrap = dtype.startsWith('u') ? BigInt.asUintN : BigInt.asIntN;
  if (wrap(Number(dtype.match(/\d+/)[0]), integer) !== integer) throw beyondRange(value, dtype);
  return dtype.endsWith('64') ? integer : Number(integer);
}

function notOfType(value, dtype) {
  return new SampleError(`${JSON.stringify(value)} is not of type ${dtype}`);
}

function beyondRange(value, dtype) {
  return new SampleError(`${value} is beyond the range of ${dtype}`);
}

/** What a tensor is in JSON. */
export function fromTensor({ type, dims, data }) {
  const elements = type === 'float16' ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data;
  return {
    kind: 'tensor',
    dtype: type,
    shape: [...dims],
    data: Array.from(elements, (element) => fromElement(element, type)),
  };
}

function fromElement(element, dtype) {
  if (dtype === 'bool') return element !== 0;
  if (typeof element === 'bigint') return String(element);
  const value = dtype === 'float16' ? fromBits(element) : element;
  return typeof value === 'string' || Number.isFinite(value) ? value : String(value);
}
