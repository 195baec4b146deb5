// Adds execution providers to session options.
#pragma once

#include <onnxruntime_cxx_api.h>

#include "settings.hpp"

// Throws Ort::Exception where ONNX Runtime cannot use the provider.
void append_provider(Ort::SessionOptions& options, const Provider& provider);
