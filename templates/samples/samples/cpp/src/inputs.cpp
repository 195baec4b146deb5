#include "inputs.hpp"

#include <algorithm>

#include "messages.hpp"

namespace {

bool is_text(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string();
}

const Argument& input_called(const std::string& name, const std::vector<Argument>& inputs) {
  std::string known;
  for (const Argument& input : inputs) {
    if (input.name == name) return input;
    known += (known.empty() ? "" : ", ") + input.text();
  }
  throw SampleError("the model has no input '" + name + "'; it has " + (known.empty() ? "none" : known));
}

}  // namespace

bool is_described(const Json& document) {
  if (!document.contains("inputs") || !document["inputs"].is_array()) return false;
  const Json& inputs = document["inputs"];
  if (inputs.empty()) return document.contains("format");
  return std::all_of(inputs.begin(), inputs.end(),
                     [](const Json& input) { return is_text(input, "name") && is_text(input, "kind"); });
}

std::map<std::string, Json> input_values(const Json& document, const std::vector<Argument>& inputs) {
  std::map<std::string, Json> values;
  if (is_described(document)) {
    for (const Json& input : document["inputs"]) {
      const std::string name = input["name"].get<std::string>();
      values[input_called(name, inputs).name] = input;
    }
    return values;
  }
  for (const auto& [name, nested] : document.items()) {
    const Argument& input = input_called(name, inputs);
    try {
      values[name] = describe_nested(input.type, nested);
    } catch (const std::invalid_argument& error) {
      throw SampleError("input " + input.text() + ": " + error.what());
    }
  }
  return values;
}
