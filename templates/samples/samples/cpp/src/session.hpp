// Opens a session of ONNX Runtime as inference_config.json asks.
#pragma once

#include <onnxruntime_cxx_api.h>

#include <filesystem>

#include "settings.hpp"

struct SessionRequest {
  std::filesystem::path model;
  std::filesystem::path custom_ops;  // a library to register first, empty for none
  Settings settings;
  bool allow_fallback = false;
};

// Load a model on the first of the providers; throws SampleError where that one cannot be used
// and a fallback is not allowed.
Ort::Session open_session(const Ort::Env& env, const SessionRequest& request);
