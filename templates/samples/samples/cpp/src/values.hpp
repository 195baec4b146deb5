// Values of ONNX Runtime and the same values described in JSON:
//
//   {"kind": "tensor", "dtype": "float32", "shape": [2], "data": [1, 2]}
//   {"kind": "sequence", "elements": [VALUE, ...]}
//   {"kind": "map", "key_dtype": "int64", "value_dtype": "float32", "keys": ["1"], "values": [2]}
//   {"kind": "optional", "value": VALUE or null}
#pragma once

#include <onnxruntime_cxx_api.h>

#include <cstdint>
#include <string>
#include <vector>

#include "elements.hpp"
#include "json.hpp"

// The type of an input or an output.
struct ValueType {
  ONNXType kind = ONNX_TYPE_UNKNOWN;
  ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;  // of a tensor, of a map's keys
  std::vector<std::int64_t> shape;  // of a tensor, -1 where free; empty for a scalar and where unknown
  std::vector<std::string> names;   // of free dimensions
  std::vector<ValueType> inner;     // what a sequence or an optional holds, the values of a map

  static ValueType of(const Ort::TypeInfo& info);
  std::string text() const;  // for people
};

// Make a value from its description. Throws std::invalid_argument where it is not of the type.
Ort::Value make_value(const ValueType& type, const Json& described);

// Describe a value.
Json describe_value(const Ort::Value& value);

// Describe a value that is given as nested lists: a sequence is a list of tensors, a map an
// object, an optional may be null. Throws std::invalid_argument.
Json describe_nested(const ValueType& type, const Json& nested);
