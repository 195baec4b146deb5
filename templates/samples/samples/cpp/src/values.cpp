#include "values.hpp"

#include <limits>
#include <stdexcept>

namespace {

const Json& field(const Json& described, const char* name) {
  if (!described.is_object() || !described.contains(name)) {
    throw std::invalid_argument(std::string("its description has no \"") + name + '"');
  }
  return described[name];
}

void expect(const Json& described, const char* name, const std::string& wanted) {
  const Json& found = field(described, name);
  if (found != wanted) throw std::invalid_argument(std::string(name) + " " + found.dump() + " instead of " + wanted);
}

const Json& list(const Json& described, const char* name) {
  const Json& found = field(described, name);
  if (!found.is_array()) throw std::invalid_argument(std::string(name) + " is not a list");
  return found;
}

std::vector<std::int64_t> shape_of(const Json& described, const ValueType& type) {
  std::vector<std::int64_t> shape;
  for (const Json& size : list(described, "shape")) {
    if (!size.is_number_unsigned() || size > std::numeric_limits<std::int64_t>::max()) {
      throw std::invalid_argument("a shape cannot hold " + size.dump());
    }
    shape.push_back(size.get<std::int64_t>());
  }
  bool fits = type.shape.empty() || shape.size() == type.shape.size();  // empty also where the rank is unknown
  for (std::size_t axis = 0; fits && axis < type.shape.size(); ++axis) {
    fits = type.shape[axis] < 0 || shape[axis] == type.shape[axis];
  }
  if (!fits) throw std::invalid_argument("the shape " + Json(shape).dump());
  return shape;
}

// Whether so many elements are what the shape says. Their product may be beyond 64 bits.
bool fills(std::size_t count, const std::vector<std::int64_t>& shape) {
  std::uint64_t product = 1;
  for (const std::int64_t size : shape) {
    if (size == 0) return count == 0;
  }
  for (const std::int64_t size : shape) {
    if (product > count / static_cast<std::uint64_t>(size)) return false;
    product *= static_cast<std::uint64_t>(size);
  }
  return product == count;
}

void fill_texts(Ort::Value& tensor, const Json& data) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!data[i].is_string()) throw std::invalid_argument("element " + std::to_string(i) + ": not text");
    const std::string& text = data[i].get_ref<const std::string&>();
    text.copy(tensor.GetResizedStringTensorElementBuffer(i, text.size()), text.size());
  }
}

void fill_elements(Ort::Value& tensor, const ElementType& element, const Json& data) {
  void* const target = tensor.GetTensorMutableRawData();
  if (element.bits == 4 && data.size() % 2) {
    static_cast<unsigned char*>(target)[data.size() / 2] = 0;  // the last half is nobody's
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    try {
      element.write(target, i, data[i]);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument("element " + std::to_string(i) + ": " + error.what());
    }
  }
}

Ort::Value make_tensor(ONNXTensorElementDataType type, const std::vector<std::int64_t>& shape, const Json& data) {
  const ElementType& element = element_type(type);
  if (!fills(data.size(), shape)) {
    throw std::invalid_argument(std::to_string(data.size()) + " elements for the shape " + Json(shape).dump());
  }
  Ort::AllocatorWithDefaultOptions allocator;
  Ort::Value tensor = Ort::Value::CreateTensor(allocator, shape.data(), shape.size(), type);
  if (element.bits == 0) {
    fill_texts(tensor, data);
  } else {
    fill_elements(tensor, element, data);
  }
  return tensor;
}

Ort::Value make_sequence(const ValueType& type, const Json& elements) {
  if (elements.empty()) throw std::invalid_argument("ONNX Runtime's C API makes no empty sequence");
  std::vector<Ort::Value> values;
  for (const Json& element : elements) values.push_back(make_value(type, element));
  return Ort::Value::CreateSequence(values);
}

Ort::Value make_map(const ValueType& type, const Json& described) {
  expect(described, "key_dtype", element_type(type.element).name);
  expect(described, "value_dtype", element_type(type.inner[0].element).name);
  const Json& keys = list(described, "keys");
  const Json& values = list(described, "values");
  const auto count = static_cast<std::int64_t>(keys.size());
  const Ort::Value key_tensor = make_tensor(type.element, {count}, keys);
  return Ort::Value::CreateMap(key_tensor, make_tensor(type.inner[0].element, {count}, values));
}

Json elements_of(const Ort::Value& tensor, const ElementType& element) {
  const std::size_t count = tensor.GetTensorTypeAndShapeInfo().GetElementCount();
  Json data = Json::array();
  data.get_ref<Json::array_t&>().reserve(count);
  const void* const source = element.bits && count ? tensor.GetTensorRawData() : nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    data.push_back(element.bits ? element.read(source, i) : Json(tensor.GetStringTensorElement(i)));
  }
  return data;
}

Json describe_tensor(const Ort::Value& tensor) {
  const auto info = tensor.GetTensorTypeAndShapeInfo();
  const ElementType& element = element_type(info.GetElementType());
  return {{"kind", "tensor"},
          {"dtype", element.name},
          {"shape", info.GetShape()},
          {"data", elements_of(tensor, element)}};
}

Json describe_map(const Ort::Value& map) {
  Ort::AllocatorWithDefaultOptions allocator;
  const Json keys = describe_tensor(map.GetValue(0, allocator));
  const Json values = describe_tensor(map.GetValue(1, allocator));
  return {{"kind", "map"},
          {"key_dtype", keys["dtype"]},
          {"value_dtype", values["dtype"]},
          {"keys", keys["data"]},
          {"values", values["data"]}};
}

Json describe_sequence(const Ort::Value& sequence) {
  Ort::AllocatorWithDefaultOptions allocator;
  Json elements = Json::array();
  const std::size_t count = sequence.GetCount();
  for (std::size_t i = 0; i < count; ++i) {
    elements.push_back(describe_value(sequence.GetValue(static_cast<int>(i), allocator)));
  }
  return {{"kind", "sequence"}, {"elements", std::move(elements)}};
}

}  // namespace

Ort::Value make_value(const ValueType& type, const Json& described) {
  switch (type.kind) {
    case ONNX_TYPE_TENSOR:
      expect(described, "kind", "tensor");
      expect(described, "dtype", element_type(type.element).name);
      return make_tensor(type.element, shape_of(described, type), list(described, "data"));
    case ONNX_TYPE_SEQUENCE:
      expect(described, "kind", "sequence");
      return make_sequence(type.inner[0], list(described, "elements"));
    case ONNX_TYPE_MAP:
      expect(described, "kind", "map");
      return make_map(type, described);
    case ONNX_TYPE_OPTIONAL:
      expect(described, "kind", "optional");
      return make_value(type.inner[0], field(described, "value"));
    default:
      throw std::invalid_argument("values of this kind are beyond this program");
  }
}

Json describe_value(const Ort::Value& value) {
  switch (value.GetTypeInfo().GetONNXType()) {
    case ONNX_TYPE_TENSOR:
      return describe_tensor(value);
    case ONNX_TYPE_SEQUENCE:
      return describe_sequence(value);
    case ONNX_TYPE_MAP:
      return describe_map(value);
    default:
      throw std::invalid_argument("values of this kind are beyond this program");
  }
}
