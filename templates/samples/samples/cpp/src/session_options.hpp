// Session options by their names in inference_config.json.
#pragma once

#include <onnxruntime_cxx_api.h>

#include "json.hpp"

// Throws SampleError for an option or a value that ONNX Runtime does not know.
Ort::SessionOptions session_options(const Json& given);
