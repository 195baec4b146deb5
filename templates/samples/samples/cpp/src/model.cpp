#include "model.hpp"

#include <utility>

#include "messages.hpp"

namespace {

Ort::Value made(const Argument& input, const Json& described) {
  try {
    return make_value(input.type, described);
  } catch (const std::exception& error) {
    throw SampleError("input " + input.text() + ": " + error.what());
  }
}

// An optional has no value where it is null.
bool is_given(const Json& described) {
  return described.value("kind", Json()) != "optional" || !described.value("value", Json()).is_null();
}

Json described_output(const Argument& output, const Ort::Value& value) {
  Json result = {{"name", output.name}};
  try {
    if (output.type.kind == ONNX_TYPE_OPTIONAL) {
      result["kind"] = "optional";
      result["value"] = value && value.HasValue() ? describe_value(value) : Json();
    } else {
      result.update(describe_value(value));
    }
  } catch (const std::exception& error) {
    throw SampleError("output " + output.text() + ": " + error.what());
  }
  return result;
}

}  // namespace

Model::Model(Ort::Session session, bool io_bind) : session_(std::move(session)), io_bind_(io_bind) {
  Ort::AllocatorWithDefaultOptions allocator;
  for (std::size_t i = 0; i < session_.GetInputCount(); ++i) {
    const ValueType type = ValueType::of(session_.GetInputTypeInfo(i));
    inputs_.push_back({session_.GetInputNameAllocated(i, allocator).get(), type, type.kind != ONNX_TYPE_OPTIONAL});
  }
  for (std::size_t i = 0; i < session_.GetOverridableInitializerCount(); ++i) {
    inputs_.push_back({session_.GetOverridableInitializerNameAllocated(i, allocator).get(),
                       ValueType::of(session_.GetOverridableInitializerTypeInfo(i)), false});
  }
  for (std::size_t i = 0; i < session_.GetOutputCount(); ++i) {
    outputs_.push_back(
        {session_.GetOutputNameAllocated(i, allocator).get(), ValueType::of(session_.GetOutputTypeInfo(i))});
  }
}

Json Model::run(const std::map<std::string, Json>& described) {
  std::vector<const char*> names;
  std::vector<Ort::Value> values;
  for (const Argument& input : inputs_) {
    const auto found = described.find(input.name);
    if (found != described.end() && is_given(found->second)) {
      names.push_back(input.name.c_str());
      values.push_back(made(input, found->second));
    } else if (input.required) {
      throw SampleError("there is no value for the input " + input.text());
    }
  }
  const std::vector<Ort::Value> results = infer(names, values);
  Json outputs = Json::array();
  for (std::size_t i = 0; i < results.size(); ++i) outputs.push_back(described_output(outputs_[i], results[i]));
  return outputs;
}

std::vector<Ort::Value> Model::infer(const std::vector<const char*>& names, const std::vector<Ort::Value>& values) {
  if (io_bind_) {
    Ort::IoBinding binding(session_);
    const Ort::MemoryInfo cpu = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
    for (std::size_t i = 0; i < names.size(); ++i) binding.BindInput(names[i], values[i]);
    for (const Argument& output : outputs_) binding.BindOutput(output.name.c_str(), cpu);
    session_.Run(Ort::RunOptions(), binding);
    return binding.GetOutputValues();
  }
  std::vector<const char*> wanted;
  for (const Argument& output : outputs_) wanted.push_back(output.name.c_str());
  return session_.Run(Ort::RunOptions(), names.data(), values.data(), values.size(), wanted.data(), wanted.size());
}
