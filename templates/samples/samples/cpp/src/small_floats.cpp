#include "small_floats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

bool SmallFloat::is_nan(std::uint32_t code) const {
  if (codes == kUnsignedZero) return code == sign();
  const std::uint32_t magnitude = code & (sign() - 1);
  return codes == kFinite ? magnitude == sign() - 1 : magnitude > infinity();
}

double SmallFloat::decode(std::uint32_t code) const {
  if (is_nan(code)) return std::numeric_limits<double>::quiet_NaN();
  const std::uint32_t magnitude = code & (sign() - 1);
  const int exponent = static_cast<int>(magnitude >> mantissa_bits);
  const int mantissa = static_cast<int>(magnitude & ((1U << mantissa_bits) - 1));
  const int leading = exponent == 0 ? 0 : 1 << mantissa_bits;  // the lowest exponent is for subnormal values
  double value = std::ldexp(leading + mantissa, std::max(exponent, 1) - bias - mantissa_bits);
  if (codes == kIeee && magnitude == infinity()) value = std::numeric_limits<double>::infinity();
  return code & sign() ? -value : value;
}

std::optional<std::uint32_t> SmallFloat::encode(double value) const {
  if (std::isnan(value)) return nan();
  const std::uint32_t negative = std::signbit(value) ? sign() : 0;
  if (std::isinf(value)) return codes == kIeee ? std::optional(negative | infinity()) : std::nullopt;
  const double size = std::abs(value);
  const int exponent = std::max(size == 0 ? 1 - bias : std::ilogb(size), 1 - bias);
  // Counted in steps of this exponent; a count that reaches the next exponent is that one's first code.
  const auto steps = static_cast<std::uint64_t>(std::nearbyint(std::ldexp(size, mantissa_bits - exponent)));
  const std::uint64_t code = (static_cast<std::uint64_t>(exponent + bias - 1) << mantissa_bits) + steps;
  if (code > largest()) return std::nullopt;
  if (code == 0 && codes == kUnsignedZero) return 0;
  return negative | static_cast<std::uint32_t>(code);
}
