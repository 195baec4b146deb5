#include <stdexcept>

#include "values.hpp"

namespace {

constexpr std::size_t kMostDimensions = 32;  // nobody nests lists deeper than that

std::vector<std::size_t> nested_shape(const Json& nested) {
  std::vector<std::size_t> shape;
  for (const Json* inner = &nested; inner->is_array(); inner = &inner->front()) {
    if (shape.size() == kMostDimensions) throw std::invalid_argument("lists are nested too deep");
    shape.push_back(inner->size());
    if (inner->empty()) break;
  }
  return shape;
}

void flatten(const Json& nested, const std::vector<std::size_t>& shape, std::size_t axis, Json& data) {
  if (axis == shape.size()) {
    if (nested.is_structured()) throw std::invalid_argument("lists of different depth");
    data.push_back(nested);
    return;
  }
  if (!nested.is_array() || nested.size() != shape[axis]) throw std::invalid_argument("lists of different lengths");
  for (const Json& inner : nested) flatten(inner, shape, axis + 1, data);
}

Json described_tensor(const ValueType& type, const Json& nested) {
  const std::vector<std::size_t> shape = nested_shape(nested);
  Json data = Json::array();
  flatten(nested, shape, 0, data);
  return {{"kind", "tensor"}, {"dtype", element_type(type.element).name}, {"shape", shape}, {"data", std::move(data)}};
}

Json described_sequence(const ValueType& type, const Json& nested) {
  if (!nested.is_array()) throw std::invalid_argument("not a list of elements");
  Json elements = Json::array();
  for (const Json& inner : nested) elements.push_back(describe_nested(type.inner[0], inner));
  return {{"kind", "sequence"}, {"elements", std::move(elements)}};
}

Json described_map(const ValueType& type, const Json& nested) {
  if (!nested.is_object()) throw std::invalid_argument("not an object");
  Json keys = Json::array();
  Json values = Json::array();
  for (const auto& [key, value] : nested.items()) {
    keys.push_back(key);
    values.push_back(value);
  }
  return {{"kind", "map"},
          {"key_dtype", element_type(type.element).name},
          {"value_dtype", element_type(type.inner[0].element).name},
          {"keys", std::move(keys)},
          {"values", std::move(values)}};
}

}  // namespace

Json describe_nested(const ValueType& type, const Json& nested) {
  switch (type.kind) {
    case ONNX_TYPE_TENSOR:
      return described_tensor(type, nested);
    case ONNX_TYPE_SEQUENCE:
      return described_sequence(type, nested);
    case ONNX_TYPE_MAP:
      return described_map(type, nested);
    case ONNX_TYPE_OPTIONAL:
      return {{"kind", "optional"}, {"value", nested.is_null() ? Json() : describe_nested(type.inner[0], nested)}};
    default:
      throw std::invalid_argument("values of this kind are beyond this program");
  }
}
