#include "elements.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "small_floats.hpp"

namespace {

[[noreturn]] void refuse(const Json& value, const std::string& reason) {
  throw std::invalid_argument(value.dump(-1, ' ', true, Json::error_handler_t::replace) + " " + reason);
}

Json json_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

template <typename T>
T load(const void* data, std::size_t index) {
  T value;
  std::memcpy(&value, static_cast<const unsigned char*>(data) + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
void store(void* data, std::size_t index, T value) {
  std::memcpy(static_cast<unsigned char*>(data) + index * sizeof(T), &value, sizeof(T));
}

template <typename T>
T parse_integer(const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (!value.is_string() && !value.is_number_integer()) refuse(value, "is not an integer");
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) refuse(value, "is out of range");
  if (error != std::errc() || end != text.data() + text.size()) refuse(value, "is not an integer of this type");
  return number;
}

template <typename T>
Json read_integer(const void* data, std::size_t index) {
  const T value = load<T>(data, index);
  if constexpr (sizeof(T) == 8) return std::to_string(value);
  return value;
}

template <typename T>
void write_integer(void* data, std::size_t index, const Json& value) {
  store(data, index, parse_integer<T>(value));
}

template <bool is_signed>
Json read_nibble(const void* data, std::size_t index) {
  const unsigned char pair = load<unsigned char>(data, index / 2);
  const int value = index % 2 == 0 ? pair & 15 : pair >> 4;
  return is_signed && value > 7 ? value - 16 : value;
}

template <bool is_signed>
void write_nibble(void* data, std::size_t index, const Json& value) {
  const int number = parse_integer<int>(value);
  if (number < (is_signed ? -8 : 0) || number > (is_signed ? 7 : 15)) refuse(value, "is out of range");
  const int shift = index % 2 == 0 ? 0 : 4;
  const int kept = load<unsigned char>(data, index / 2) & (15 << (4 - shift));
  store(data, index / 2, static_cast<unsigned char>(kept | (number & 15) << shift));
}

template <typename T>
Json read_real(const void* data, std::size_t index) {
  return json_of(load<T>(data, index));
}

template <typename T>
void write_real(void* data, std::size_t index, const Json& value) {
  const double number = number_of(value);
  const T result = static_cast<T>(number);
  if (std::isfinite(number) && !std::isfinite(result)) refuse(value, "is out of range");
  store(data, index, result);
}

template <const SmallFloat& format>
using Bits = std::conditional_t<format.bits() == 8, std::uint8_t, std::uint16_t>;

template <const SmallFloat& format>
Json read_small(const void* data, std::size_t index) {
  return json_of(format.decode(load<Bits<format>>(data, index)));
}

template <const SmallFloat& format>
void write_small(void* data, std::size_t index, const Json& value) {
  const auto bits = format.encode(number_of(value));
  if (!bits) refuse(value, "is out of range");
  store(data, index, static_cast<Bits<format>>(*bits));
}

Json read_bool(const void* data, std::size_t index) { return load<std::uint8_t>(data, index) != 0; }

void write_bool(void* data, std::size_t index, const Json& value) {
  if (!value.is_boolean()) refuse(value, "is neither true nor false");
  store<std::uint8_t>(data, index, value.get<bool>());
}

template <typename T>
constexpr ElementType integer(const char* name, ONNXTensorElementDataType type) {
  return {name, type, 8 * sizeof(T), read_integer<T>, write_integer<T>};
}

template <const SmallFloat& format>
constexpr ElementType small(const char* name, ONNXTensorElementDataType type) {
  return {name, type, format.bits(), read_small<format>, write_small<format>};
}

constexpr ElementType kElementTypes[] = {
    {"float32", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, 32, read_real<float>, write_real<float>},
    {"float64", ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, 64, read_real<double>, write_real<double>},
    small<kFloat16>("float16", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16),
    small<kBfloat16>("bfloat16", ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16),
    small<kFloat8E4M3Fn>("float8e4m3fn", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FN),
    small<kFloat8E4M3Fnuz>("float8e4m3fnuz", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FNUZ),
    small<kFloat8E5M2>("float8e5m2", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2),
    small<kFloat8E5M2Fnuz>("float8e5m2fnuz", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2FNUZ),
    integer<std::int8_t>("int8", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8),
    integer<std::int16_t>("int16", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16),
    integer<std::int32_t>("int32", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32),
    integer<std::int64_t>("int64", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64),
    integer<std::uint8_t>("uint8", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8),
    integer<std::uint16_t>("uint16", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16),
    integer<std::uint32_t>("uint32", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32),
    integer<std::uint64_t>("uint64", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64),
    {"int4", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT4, 4, read_nibble<true>, write_nibble<true>},
    {"uint4", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT4, 4, read_nibble<false>, write_nibble<false>},
    {"bool", ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, 8, read_bool, write_bool},
    {"string", ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, 0, nullptr, nullptr},
};

}  // namespace

double number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (value == "Infinity") return std::numeric_limits<double>::infinity();
  if (value == "-Infinity") return -std::numeric_limits<double>::infinity();
  refuse(value, "is not a number");
}

const ElementType& element_type(ONNXTensorElementDataType type) {
  for (const ElementType& known : kElementTypes) {
    if (known.type == type) return known;
  }
  throw std::invalid_argument("tensors of ONNX Runtime's element type " + std::to_string(type) +
                              " are beyond this program");
}
