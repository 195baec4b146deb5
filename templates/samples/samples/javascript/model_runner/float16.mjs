/** float16 as bits: not every JavaScript engine has a Float16Array. */

const INFINITY = 0x7c00;
const NAN = 0x7e00;
const OVERFLOW = 65520; // from here on the nearest float16 is infinity

const scratch = new DataView(new ArrayBuffer(8));

/** The bits of the float16 nearest to a number; of two that are as near, the even one. */
export function toBits(number) {
  if (Number.isNaN(number)) return NAN;
  scratch.setFloat64(0, number);
  const [sign, magnitude] = [(scratch.getUint8(0) >> 7) << 15, Math.abs(number)];
  if (magnitude >= OVERFLOW) return sign | INFINITY;
  // Below 2^-14 the distance between neighbours does not shrink any more.
  const exponent = Math.max(((scratch.getUint16(0) >> 4) & 0x7ff) - 1023, -14);
  // Carries from the fraction run into the exponent, where they belong.
  return sign | ((exponent + 14) * 1024 + roundToEven(magnitude / 2 ** (exponent - 10)));
}

function roundToEven(number) {
  const below = Math.floor(number);
  const rest = number - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The number that the bits of a float16 stand for. */
export function fromBits(bits) {
  const sign = bits >> 15 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}
