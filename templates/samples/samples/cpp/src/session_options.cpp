#include "session_options.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>
#include <string>

#include "messages.hpp"
#include "settings.hpp"

namespace {

using Members = std::map<std::string, int>;

const Members kExecutionModes = {{"ORT_SEQUENTIAL", ORT_SEQUENTIAL}, {"ORT_PARALLEL", ORT_PARALLEL}};
const Members kOptimizationLevels = {
    {"ORT_DISABLE_ALL", ORT_DISABLE_ALL},
    {"ORT_ENABLE_BASIC", ORT_ENABLE_BASIC},
    {"ORT_ENABLE_EXTENDED", ORT_ENABLE_EXTENDED},
    {"ORT_ENABLE_LAYOUT", 3},  // not in older headers
    {"ORT_ENABLE_ALL", ORT_ENABLE_ALL},
};

// The member of an enum by number (99) or name (ORT_ENABLE_ALL, enable_all).
int member(const Members& members, const Json& value) {
  std::string said = value.is_string() ? value.get<std::string>() : value.dump();
  std::transform(said.begin(), said.end(), said.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string known;
  for (const auto& [name, number] : members) {
    if (said == name || "ORT_" + said == name || said == std::to_string(number)) return number;
    known += (known.empty() ? "" : ", ") + name;
  }
  throw std::invalid_argument("expected one of " + known);
}

std::filesystem::path path_of(const Json& value) { return std::filesystem::u8path(value.get<std::string>()); }

template <typename Enable, typename Disable>
void toggle(const Json& value, Enable enable, Disable disable) {
  if (value.get<bool>()) {
    enable();
  } else {
    disable();
  }
}

using Setter = void (*)(Ort::SessionOptions& options, const Json& value);

const std::map<std::string, Setter> kSetters = {
    {"execution_mode",
     [](Ort::SessionOptions& options, const Json& value) {
       options.SetExecutionMode(static_cast<ExecutionMode>(member(kExecutionModes, value)));
     }},
    {"graph_optimization_level",
     [](Ort::SessionOptions& options, const Json& value) {
       options.SetGraphOptimizationLevel(static_cast<GraphOptimizationLevel>(member(kOptimizationLevels, value)));
     }},
    {"intra_op_num_threads",
     [](Ort::SessionOptions& options, const Json& value) { options.SetIntraOpNumThreads(value.get<int>()); }},
    {"inter_op_num_threads",
     [](Ort::SessionOptions& options, const Json& value) { options.SetInterOpNumThreads(value.get<int>()); }},
    {"extra_session_config",
     [](Ort::SessionOptions& options, const Json& value) {
       for (const auto& [key, text] : as_texts(value)) options.AddConfigEntry(key.c_str(), text.c_str());
     }},
    {"enable_cpu_mem_arena",
     [](Ort::SessionOptions& options, const Json& value) {
       toggle(value, [&] { options.EnableCpuMemArena(); }, [&] { options.DisableCpuMemArena(); });
     }},
    {"enable_mem_pattern",
     [](Ort::SessionOptions& options, const Json& value) {
       toggle(value, [&] { options.EnableMemPattern(); }, [&] { options.DisableMemPattern(); });
     }},
    {"use_deterministic_compute",
     [](Ort::SessionOptions& options, const Json& value) { options.SetDeterministicCompute(value.get<bool>()); }},
    {"log_severity_level",
     [](Ort::SessionOptions& options, const Json& value) { options.SetLogSeverityLevel(value.get<int>()); }},
    {"logid",
     [](Ort::SessionOptions& options, const Json& value) { options.SetLogId(value.get<std::string>().c_str()); }},
    {"optimized_model_filepath",
     [](Ort::SessionOptions& options, const Json& value) {
       options.SetOptimizedModelFilePath(path_of(value).c_str());
     }},
};

}  // namespace

Ort::SessionOptions session_options(const Json& given) {
  Ort::SessionOptions options;
  options.SetLogSeverityLevel(ORT_LOGGING_LEVEL_ERROR);  // real models cause hundreds of warnings
  for (const auto& [name, value] : given.items()) {
    if (value.is_null()) continue;
    const auto setter = kSetters.find(name);
    if (setter == kSetters.end()) throw SampleError("this program does not know the session option " + name);
    try {
      setter->second(options, value);
    } catch (const std::exception& error) {
      throw SampleError("session option " + name + "=" + value.dump() + ": " + error.what());
    }
  }
  return options;
}
