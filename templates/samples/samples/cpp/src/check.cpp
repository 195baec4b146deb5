#include "check.hpp"

#include <cmath>

#include "elements.hpp"
#include "messages.hpp"

namespace {

// Thrown at the first difference of an output.
struct Difference {
  std::string text;
};

struct Comparison {
  double absolute = 0;
  double relative = 0;
  bool stable = true;

  void values(const Json& got, const Json& wanted, const std::string& place) const;

 private:
  void tensors(const Json& got, const Json& wanted, const std::string& place) const;
  void sequences(const Json& got, const Json& wanted, const std::string& place) const;
  void maps(const Json& got, const Json& wanted, const std::string& place) const;
  void optionals(const Json& got, const Json& wanted, const std::string& place) const;
  bool close(const Json& got, const Json& wanted) const;
};

std::string written(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

void same(const Json& got, const Json& wanted, const char* name, const std::string& place) {
  if (got.at(name) != wanted.at(name)) {
    throw Difference{place + ": the " + name + " is " + written(got.at(name)) + ", expected " +
                     written(wanted.at(name))};
  }
}

void same_count(const Json& got, const Json& wanted, const std::string& place) {
  if (got.size() != wanted.size()) {
    throw Difference{place + ": " + std::to_string(got.size()) + " elements, expected " +
                     std::to_string(wanted.size())};
  }
}

// The place of an element of a tensor: [1, 0] for the third of the shape [2, 2].
std::string position(std::size_t index, const Json& shape) {
  std::string text;
  for (auto size = shape.rbegin(); size != shape.rend(); ++size) {
    const auto length = size->get<std::size_t>();
    text = std::to_string(index % length) + (text.empty() ? "" : ", ") + text;
    index /= length;
  }
  return "[" + text + "]";
}

long double exact(const Json& value) {
  if (value.is_string() && value != "NaN" && value != "Infinity" && value != "-Infinity") {
    return std::stold(value.get<std::string>());
  }
  if (value.is_number_unsigned()) return static_cast<long double>(value.get<std::uint64_t>());
  return value.is_number_integer() ? static_cast<long double>(value.get<std::int64_t>()) : number_of(value);
}

bool Comparison::close(const Json& got, const Json& wanted) const {
  if (got == wanted) return true;
  if (absolute == 0 && relative == 0 && !wanted.is_number_float()) return false;
  if (got.is_boolean() || wanted.is_boolean()) return false;
  try {
    const long double a = exact(got);
    const long double b = exact(wanted);
    return a == b || (std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= absolute + relative * std::abs(b));
  } catch (const std::invalid_argument&) {  // text
    return false;
  }
}

void Comparison::tensors(const Json& got, const Json& wanted, const std::string& place) const {
  same(got, wanted, "dtype", place);
  same(got, wanted, "shape", place);
  if (!stable) return;
  const Json& data = got.at("data");
  const Json& golden = wanted.at("data");
  same_count(data, golden, place);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!close(data[i], golden[i])) {
      throw Difference{place + " at " + position(i, got.at("shape")) + ": got " + written(data[i]) + ", expected " +
                       written(golden[i])};
    }
  }
}

void Comparison::sequences(const Json& got, const Json& wanted, const std::string& place) const {
  const Json& elements = got.at("elements");
  const Json& golden = wanted.at("elements");
  same_count(elements, golden, place);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    values(elements[i], golden[i], place + "[" + std::to_string(i) + "]");
  }
}

void Comparison::maps(const Json& got, const Json& wanted, const std::string& place) const {
  same(got, wanted, "key_dtype", place);
  same(got, wanted, "value_dtype", place);
  if (!stable) return;
  const Json& keys = got.at("keys");
  same_count(keys, wanted.at("keys"), place);
  Json golden = Json::object();
  for (std::size_t i = 0; i < keys.size(); ++i) golden[written(wanted.at("keys")[i])] = wanted.at("values").at(i);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string key = written(keys[i]);
    const Json& value = got.at("values").at(i);
    if (!golden.contains(key)) throw Difference{place + ": the key " + key + " is not expected"};
    if (!close(value, golden[key])) {
      throw Difference{place + " at " + key + ": got " + written(value) + ", expected " + written(golden[key])};
    }
  }
}

void Comparison::optionals(const Json& got, const Json& wanted, const std::string& place) const {
  const Json& value = got.at("value");
  const Json& golden = wanted.at("value");
  if (value.is_null() != golden.is_null()) {
    throw Difference{place + (value.is_null() ? ": no value, expected one" : ": a value, expected none")};
  }
  if (!value.is_null()) values(value, golden, place);
}

void Comparison::values(const Json& got, const Json& wanted, const std::string& place) const {
  same(got, wanted, "kind", place);
  const Json& kind = got.at("kind");
  if (kind == "tensor") tensors(got, wanted, place);
  if (kind == "sequence") sequences(got, wanted, place);
  if (kind == "map") maps(got, wanted, place);
  if (kind == "optional") optionals(got, wanted, place);
}

const Json* output_called(const Json& name, const Json& outputs) {
  for (const Json& output : outputs) {
    if (output.at("name") == name) return &output;
  }
  return nullptr;
}

void compare(const Json& got, const Json& wanted) {
  const Json tolerance = wanted.value("tolerance", Json::object());
  const Comparison comparison{tolerance.value("absolute", 0.0), tolerance.value("relative", 0.0),
                              wanted.value("stable", true)};
  comparison.values(got, wanted, "output '" + wanted.at("name").get<std::string>() + "'");
}

}  // namespace

std::vector<std::string> differences(const Json& outputs, const Json& golden) {
  std::vector<std::string> found;
  for (const Json& wanted : golden) {
    const Json* const got = output_called(wanted.at("name"), outputs);
    try {
      if (!got) throw Difference{"output '" + wanted.at("name").get<std::string>() + "' was not returned"};
      compare(*got, wanted);
    } catch (const Difference& difference) {
      found.push_back(difference.text);
    }
  }
  for (const Json& output : outputs) {
    if (!output_called(output.at("name"), golden)) {
      found.push_back("output '" + output.at("name").get<std::string>() + "' is not expected");
    }
  }
  return found;
}
