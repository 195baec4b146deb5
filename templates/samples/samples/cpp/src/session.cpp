#include "session.hpp"

#include <algorithm>

#include "messages.hpp"
#include "providers.hpp"
#include "session_options.hpp"

namespace {

const char* const kCpu = "CPUExecutionProvider";

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Why a provider could not be added; empty where it was.
std::string try_append(Ort::SessionOptions& options, const Provider& provider) {
  const std::vector<std::string> available = Ort::GetAvailableProviders();
  if (std::find(available.begin(), available.end(), provider.name) == available.end()) {
    return "it is not in this ONNX Runtime, which has " + joined(available);
  }
  try {
    append_provider(options, provider);
  } catch (const Ort::Exception& error) {
    return error.what();
  }
  return "";
}

// The CPU provider is always there and comes last: what is asked for after it is never used.
std::vector<Provider> before_cpu(const std::vector<Provider>& providers) {
  const auto is_cpu = [](const Provider& provider) { return provider.name == kCpu; };
  return {providers.begin(), std::find_if(providers.begin(), providers.end(), is_cpu)};
}

Ort::SessionOptions options_of(const SessionRequest& request) {
  Ort::SessionOptions options = session_options(request.settings.session_options);
  if (request.custom_ops.empty()) return options;
  try {
    options.RegisterCustomOpsLibrary(request.custom_ops.c_str());
  } catch (const Ort::Exception& error) {
    throw SampleError("cannot register " + request.custom_ops.u8string() + ": " + error.what());
  }
  return options;
}

}  // namespace

Ort::Session open_session(const Ort::Env& env, const SessionRequest& request) {
  if (!std::filesystem::is_regular_file(request.model)) {
    throw SampleError("there is no model file " + request.model.u8string());
  }
  const Ort::SessionOptions on_cpu = options_of(request);
  Ort::SessionOptions options = on_cpu.Clone();
  const std::string& wanted = request.settings.providers.front().name;
  std::string in_use;
  for (const Provider& provider : before_cpu(request.settings.providers)) {
    const std::string problem = try_append(options, provider);
    if (problem.empty()) {
      in_use += provider.name + ", ";
    } else if (provider.name == wanted && !request.allow_fallback) {
      throw SampleError("cannot use " + wanted + ": " + problem + ". Correct that, or pass --allow-fallback.");
    } else {
      note("without " + provider.name + ": " + problem);
    }
  }
  try {
    Ort::Session session(env, request.model.c_str(), options);
    note("ONNX Runtime " + Ort::GetVersionString() + " on " + in_use + kCpu);
    return session;
  } catch (const Ort::Exception& error) {
    if (in_use.empty() || !request.allow_fallback) {
      throw SampleError("cannot load " + request.model.u8string() + ": " + error.what());
    }
    note("on " + std::string(kCpu) + " alone: " + error.what());
  }
  return Ort::Session(env, request.model.c_str(), on_cpu);
}
