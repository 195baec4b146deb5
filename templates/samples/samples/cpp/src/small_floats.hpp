// Floats of 8 and 16 bits, which C++17 has no types for.
#pragma once

#include <cstdint>
#include <optional>

struct SmallFloat {
  // What the highest codes mean. kIeee: the highest exponent is for infinity and NaN. kFinite:
  // only the very highest code is NaN. kUnsignedZero: NaN is the code that a negative zero would
  // have. The latter two have no infinity.
  enum Codes { kIeee, kFinite, kUnsignedZero };

  int exponent_bits;
  int mantissa_bits;
  int bias;
  Codes codes;

  constexpr int bits() const { return 1 + exponent_bits + mantissa_bits; }

  double decode(std::uint32_t code) const;

  // The nearest code, ties to even. Nothing where the value is beyond the range.
  std::optional<std::uint32_t> encode(double value) const;

 private:
  constexpr std::uint32_t sign() const { return 1U << (bits() - 1); }
  constexpr std::uint32_t infinity() const { return ((1U << exponent_bits) - 1) << mantissa_bits; }
  constexpr std::uint32_t nan() const {
    if (codes == kIeee) return infinity() | 1U << (mantissa_bits - 1);
    return codes == kFinite ? sign() - 1 : sign();
  }
  constexpr std::uint32_t largest() const {
    if (codes == kIeee) return infinity() - 1;
    return codes == kFinite ? sign() - 2 : sign() - 1;
  }
  bool is_nan(std::uint32_t code) const;
};

inline constexpr SmallFloat kFloat16{5, 10, 15, SmallFloat::kIeee};
inline constexpr SmallFloat kBfloat16{8, 7, 127, SmallFloat::kIeee};
inline constexpr SmallFloat kFloat8E4M3Fn{4, 3, 7, SmallFloat::kFinite};
inline constexpr SmallFloat kFloat8E4M3Fnuz{4, 3, 8, SmallFloat::kUnsignedZero};
inline constexpr SmallFloat kFloat8E5M2{5, 2, 15, SmallFloat::kIeee};
inline constexpr SmallFloat kFloat8E5M2Fnuz{5, 2, 16, SmallFloat::kUnsignedZero};
