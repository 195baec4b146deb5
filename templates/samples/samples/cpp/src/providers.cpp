#include "providers.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <type_traits>

namespace {

// The handle that a function of OrtApi releases.
template <typename T>
struct ReleasedHandle;
template <typename T>
struct ReleasedHandle<void(ORT_API_CALL* OrtApi::*)(T*)> {
  using type = T;
};
template <typename T>
struct ReleasedHandle<void(ORT_API_CALL* OrtApi::*)(T*) noexcept> {
  using type = T;
};

// Add one of the providers that have options of a type of their own, with functions of OrtApi
// that create, update, append and release it.
template <auto create, auto update, auto append, auto release>
void append_own(OrtSessionOptions* options, const std::map<std::string, std::string>& given) {
  using Handle = typename ReleasedHandle<decltype(release)>::type;
  const OrtApi& api = Ort::GetApi();
  Handle* handle = nullptr;
  Ort::ThrowOnError((api.*create)(&handle));
  const auto deleter = [&api](Handle* released) { (api.*release)(released); };
  const std::unique_ptr<Handle, decltype(deleter)> owner(handle, deleter);
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : given) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  Ort::ThrowOnError((api.*update)(handle, keys.data(), values.data(), keys.size()));
  Ort::ThrowOnError((api.*append)(options, handle));
}

struct OwnProvider {
  const char* name;
  void (*append)(OrtSessionOptions* options, const std::map<std::string, std::string>& given);
};

const OwnProvider kOwnProviders[] = {
    {"CUDAExecutionProvider",
     append_own<&OrtApi::CreateCUDAProviderOptions, &OrtApi::UpdateCUDAProviderOptions,
                &OrtApi::SessionOptionsAppendExecutionProvider_CUDA_V2, &OrtApi::ReleaseCUDAProviderOptions>},
    {"TensorrtExecutionProvider",
     append_own<&OrtApi::CreateTensorRTProviderOptions, &OrtApi::UpdateTensorRTProviderOptions,
                &OrtApi::SessionOptionsAppendExecutionProvider_TensorRT_V2, &OrtApi::ReleaseTensorRTProviderOptions>},
    {"ROCMExecutionProvider",
     append_own<&OrtApi::CreateROCMProviderOptions, &OrtApi::UpdateROCMProviderOptions,
                &OrtApi::SessionOptionsAppendExecutionProvider_ROCM, &OrtApi::ReleaseROCMProviderOptions>},
    {"CANNExecutionProvider",
     append_own<&OrtApi::CreateCANNProviderOptions, &OrtApi::UpdateCANNProviderOptions,
                &OrtApi::SessionOptionsAppendExecutionProvider_CANN, &OrtApi::ReleaseCANNProviderOptions>},
    {"DnnlExecutionProvider",
     append_own<&OrtApi::CreateDnnlProviderOptions, &OrtApi::UpdateDnnlProviderOptions,
                &OrtApi::SessionOptionsAppendExecutionProvider_Dnnl, &OrtApi::ReleaseDnnlProviderOptions>},
};

// Short names, where they are not the full name without its end: all releases take these.
const std::map<std::string, std::string> kShortNames = {
    {"AzureExecutionProvider", "AZURE"}, {"DmlExecutionProvider", "DML"},       {"JsExecutionProvider", "JS"},
    {"WebGpuExecutionProvider", "WebGPU"}, {"WebNNExecutionProvider", "WEBNN"}, {"XnnpackExecutionProvider", "XNNPACK"},
};

std::string short_name(const std::string& name) {
  const auto found = kShortNames.find(name);
  return found != kShortNames.end() ? found->second : name.substr(0, name.rfind("ExecutionProvider"));
}

}  // namespace

void append_provider(Ort::SessionOptions& options, const Provider& provider) {
  const auto* const own = std::find_if(std::begin(kOwnProviders), std::end(kOwnProviders),
                                       [&provider](const OwnProvider& known) { return known.name == provider.name; });
  if (own != std::end(kOwnProviders)) {
    own->append(options, provider.options);
  } else {
    options.AppendExecutionProvider(short_name(provider.name), {provider.options.begin(), provider.options.end()});
  }
}
