#include "settings.hpp"

#include "messages.hpp"

namespace {

// A value of the document, or a null where there is none.
Json get(const Json& document, const char* name, Json::value_t type) {
  const Json value = document.value(name, Json());
  if (value.is_null() || value.type() == type) return value;
  throw SampleError(std::string(name) + " cannot be " + value.dump());
}

Provider provider(const Json& entry, const Json& parallel) {
  const Json name = entry.is_array() && !entry.empty() ? entry[0] : entry;
  const Json options = entry.is_array() && entry.size() > 1 ? entry[1] : parallel;
  if (!name.is_string() || !(options.is_null() || options.is_object())) {
    throw SampleError("not a provider and its options: " + entry.dump() + ", " + options.dump());
  }
  return {name.get<std::string>(), as_texts(options)};
}

Json entries_of(const Json& document) {
  const Json entries = document.value("execution_provider", Json());
  if (entries.is_string()) return Json::array({entries});
  if (!entries.is_null() && !entries.is_array()) throw SampleError("execution_provider cannot be " + entries.dump());
  return entries;
}

std::vector<Provider> providers_of(const Json& document) {
  const Json entries = entries_of(document);
  const Json options = get(document, "provider_options", Json::value_t::array);
  std::vector<Provider> providers;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    providers.push_back(provider(entries[i], i < options.size() ? options[i] : Json()));
  }
  return providers;
}

Settings settings_of(const Json& document, const Json& usual) {
  Settings settings;
  settings.providers = providers_of(document);
  if (settings.providers.empty()) settings.providers = providers_of(usual);
  settings.session_options = get(document, "session_options", Json::value_t::object);
  settings.io_bind = get(document, "io_bind", Json::value_t::boolean) == true;
  if (!get(document, "tuning_op_result", Json::value_t::array).empty()) {
    note("tuning_op_result is left out: ONNX Runtime's C++ API does not take it");
  }
  return settings;
}

}  // namespace

std::map<std::string, std::string> as_texts(const Json& options) {
  std::map<std::string, std::string> texts;
  if (!options.is_null() && !options.is_object()) throw SampleError("not an object: " + options.dump());
  for (const auto& [name, value] : options.items()) {
    if (value.is_null()) continue;
    if (value.is_boolean()) {
      texts[name] = value.get<bool>() ? "1" : "0";
    } else {
      texts[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  return texts;
}

Settings read_settings(const std::filesystem::path& path, const Json& usual, bool may_be_missing) {
  if (may_be_missing && !std::filesystem::exists(path)) {
    note("no " + path.u8string() + ": default settings");
    return settings_of(Json::object(), usual);
  }
  const Json document = read_json(path);
  try {
    return settings_of(document, usual);
  } catch (const SampleError& error) {
    throw SampleError(path.u8string() + ": " + error.what());
  }
}
