// What a program sees of an ONNX Runtime that is older than its headers.
#include <onnxruntime_c_api.h>

namespace {
const OrtApi* get_api(uint32_t) noexcept { return nullptr; }
const char* version() noexcept { return "1.2.3"; }
const OrtApiBase base{get_api, version};
}  // namespace

extern "C" const OrtApiBase* OrtGetApiBase() noexcept { return &base; }
