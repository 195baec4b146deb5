// The element types of tensors, and single elements as JSON.
//
// Floats are JSON numbers, or "NaN", "Infinity", "-Infinity". 64-bit integers are decimal text,
// other integers numbers; both are taken either way.
#pragma once

#include <onnxruntime_cxx_api.h>

#include <cstddef>

#include "json.hpp"

struct ElementType {
  const char* name;
  ONNXTensorElementDataType type;
  std::size_t bits;  // 4-bit elements lie two in a byte, the first in the low half; 0 for text
  Json (*read)(const void* data, std::size_t index);
  void (*write)(void* data, std::size_t index, const Json& value);  // throws std::invalid_argument
};

// The element type of this number. Throws std::invalid_argument for one that this program lacks.
const ElementType& element_type(ONNXTensorElementDataType type);

// A float from its JSON form. Throws std::invalid_argument.
double number_of(const Json& value);
