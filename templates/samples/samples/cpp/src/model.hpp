// A model: what it takes, and what it returns for that.
#pragma once

#include <onnxruntime_cxx_api.h>

#include <map>
#include <string>
#include <vector>

#include "json.hpp"
#include "values.hpp"

struct Argument {
  std::string name;
  ValueType type;
  bool required = true;

  std::string text() const { return "'" + name + "' (" + type.text() + ")"; }
};

class Model {
 public:
  Model(Ort::Session session, bool io_bind);

  // Inputs, and after them initializers that may be replaced.
  const std::vector<Argument>& inputs() const { return inputs_; }

  // Run on described values by input name; returns described outputs with their names. Throws
  // SampleError where an input is missing or not of its type.
  Json run(const std::map<std::string, Json>& described);

 private:
  std::vector<Ort::Value> infer(const std::vector<const char*>& names, const std::vector<Ort::Value>& values);

  Ort::Session session_;
  bool io_bind_;
  std::vector<Argument> inputs_;
  std::vector<Argument> outputs_;
};
