#include "values.hpp"

namespace {

ValueType tensor_type(const Ort::ConstTensorTypeAndShapeInfo& info) {
  ValueType type;
  type.kind = ONNX_TYPE_TENSOR;
  type.element = info.GetElementType();
  type.shape = info.GetShape();
  std::vector<const char*> names(type.shape.size());
  info.GetSymbolicDimensions(names.data(), names.size());
  type.names.assign(names.begin(), names.end());
  return type;
}

std::string element_name(ONNXTensorElementDataType type) {
  try {
    return element_type(type).name;
  } catch (const std::invalid_argument&) {
    return "element type " + std::to_string(type);
  }
}

std::string shape_text(const ValueType& type) {
  std::string text;
  for (std::size_t axis = 0; axis < type.shape.size(); ++axis) {
    const std::string name = type.names[axis].empty() ? "?" : type.names[axis];
    text += (axis ? ", " : "") + (type.shape[axis] < 0 ? name : std::to_string(type.shape[axis]));
  }
  return "[" + text + "]";
}

}  // namespace

ValueType ValueType::of(const Ort::TypeInfo& info) {
  ValueType type;
  type.kind = info.GetONNXType();
  switch (type.kind) {
    case ONNX_TYPE_TENSOR:
      return tensor_type(info.GetTensorTypeAndShapeInfo());
    case ONNX_TYPE_SEQUENCE:
      type.inner.push_back(of(info.GetSequenceTypeInfo().GetSequenceElementType()));
      break;
    case ONNX_TYPE_OPTIONAL:
      type.inner.push_back(of(info.GetOptionalTypeInfo().GetOptionalElementType()));
      break;
    case ONNX_TYPE_MAP:
      type.element = info.GetMapTypeInfo().GetMapKeyType();
      type.inner.push_back(of(info.GetMapTypeInfo().GetMapValueType()));
      break;
    default:
      break;
  }
  return type;
}

std::string ValueType::text() const {
  switch (kind) {
    case ONNX_TYPE_TENSOR:
      return element_name(element) + " " + shape_text(*this);
    case ONNX_TYPE_SEQUENCE:
      return "a sequence of " + inner[0].text();
    case ONNX_TYPE_OPTIONAL:
      return "optional " + inner[0].text();
    case ONNX_TYPE_MAP:
      return "a map from " + element_name(element) + " to " + element_name(inner[0].element);
    default:
      return "neither tensor, sequence, map nor optional";
  }
}
