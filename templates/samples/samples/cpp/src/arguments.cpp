#include "arguments.hpp"

#include <map>

const char* const kHelp = R"(usage: model_sample [OPTION]...

Runs the model with ONNX Runtime and prints what it returns as JSON.

  --model PATH       ONNX file to run instead of the project's
  --config FILE      settings to use instead of the inference_config.json beside the model
  --inputs FILE      input values instead of the golden ones: a JSON file
  --check            compare the outputs with the golden ones
  --allow-fallback   go on where the execution provider asked for cannot be used
  --custom-ops PATH  library of custom operators; also the variable MODEL_CUSTOM_OPS
  --help             print this
)";

Arguments Arguments::parse(const std::vector<std::string>& words) {
  Arguments result;
  const std::map<std::string, std::optional<std::filesystem::path> Arguments::*> paths = {
      {"--model", &Arguments::model},
      {"--config", &Arguments::config},
      {"--inputs", &Arguments::inputs},
      {"--custom-ops", &Arguments::custom_ops},
  };
  const std::map<std::string, bool Arguments::*> flags = {
      {"--check", &Arguments::check}, {"--allow-fallback", &Arguments::allow_fallback}, {"--help", &Arguments::help}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    const std::string option = words[i].substr(0, equals);
    if (const auto flag = flags.find(words[i]); flag != flags.end()) {
      result.*flag->second = true;
    } else if (const auto path = paths.find(option); path == paths.end()) {
      throw UsageError("unknown option " + words[i]);
    } else if (equals != std::string::npos) {
      result.*path->second = std::filesystem::u8path(words[i].substr(equals + 1));
    } else if (++i < words.size()) {
      result.*path->second = std::filesystem::u8path(words[i]);
    } else {
      throw UsageError(option + " needs a path");
    }
  }
  return result;
}
