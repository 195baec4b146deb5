// Run the model of this project with ONNX Runtime and print what it returns.
//
// The result goes to standard output, everything else to standard error.
#include <onnxruntime_cxx_api.h>

#include <cstdlib>
#include <iostream>

#include "arguments.hpp"
#include "check.hpp"
#include "inputs.hpp"
#include "messages.hpp"
#include "model.hpp"
#include "project.hpp"
#include "session.hpp"

namespace {

std::filesystem::path in_bundle(const char* path) {
  return std::filesystem::u8path(BUNDLE_ROOT) / std::filesystem::u8path(path);
}

// The C++ API of ONNX Runtime crashes with a library that is older than its headers.
void require_library() {
  const OrtApiBase* const base = OrtGetApiBase();
  if (base->GetApi(ORT_API_VERSION) == nullptr) {
    throw SampleError("this program was built for version 1." + std::to_string(ORT_API_VERSION) +
                      " of ONNX Runtime and needs that or a later one, but found " + base->GetVersionString());
  }
}

std::filesystem::path custom_ops(const Arguments& arguments) {
  const char* const variable = std::getenv("MODEL_CUSTOM_OPS");
  if (arguments.custom_ops) return *arguments.custom_ops;
  if (variable != nullptr && *variable != '\0') return std::filesystem::u8path(variable);
  if (project::kCustomOps == nullptr || arguments.model) return {};
  throw SampleError("this program cannot run this model because it has operators of " +
                    std::string(project::kCustomOps) +
                    ", which ONNX Runtime lacks: name the library that has them with --custom-ops or in the variable "
                    "MODEL_CUSTOM_OPS");
}

Json inputs_document(const Arguments& arguments) {
  if (arguments.inputs) return read_json(*arguments.inputs);
  if (project::kGolden != nullptr) return read_json(in_bundle(project::kGolden));
  throw UsageError("this project has no golden inputs: pass --inputs FILE");
}

Model open_model(const Ort::Env& env, const Arguments& arguments) {
  SessionRequest request;
  request.model = arguments.model.value_or(in_bundle(project::kModel));
  request.custom_ops = custom_ops(arguments);
  request.settings = read_settings(arguments.config.value_or(request.model.parent_path() / "inference_config.json"),
                                   Json::parse(project::kProviders), !arguments.config);
  request.allow_fallback = arguments.allow_fallback;
  return {open_session(env, request), request.settings.io_bind};
}

int run(const Arguments& arguments) {
  const Json document = inputs_document(arguments);
  if (arguments.check && !(is_described(document) && document.contains("outputs"))) {
    throw UsageError("--check needs golden outputs, and these inputs come without");
  }
  if (project::kUnsupported != nullptr && !arguments.model) {
    throw SampleError("this program cannot run this model because " + std::string(project::kUnsupported));
  }
  require_library();
  const Ort::Env env(ORT_LOGGING_LEVEL_ERROR, "model_sample");
  Model model = open_model(env, arguments);
  const Json outputs = model.run(input_values(document, model.inputs()));
  std::cout << Json{{"outputs", outputs}}.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  if (!arguments.check) return 0;
  const std::vector<std::string> found = differences(outputs, document["outputs"]);
  for (const std::string& difference : found) note("check failed: " + difference);
  if (found.empty()) note("check passed: " + std::to_string(outputs.size()) + " outputs");
  return found.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  try {
    const Arguments arguments = Arguments::parse({words + 1, words + count});
    if (arguments.help) {
      std::cout << kHelp;
      return 0;
    }
    return run(arguments);
  } catch (const UsageError& error) {
    note(std::string("error: ") + error.what());
    note("--help lists the options");
    return 2;
  } catch (const std::exception& error) {
    note(std::string("error: ") + error.what());
    return 1;
  }
}
