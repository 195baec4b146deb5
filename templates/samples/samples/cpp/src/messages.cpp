#include "messages.hpp"

#include <fstream>
#include <iostream>

#include "json.hpp"

void note(const std::string& text) { std::cerr << printable(text) << '\n'; }

std::string printable(const std::string& text) {
  // A JSON literal in ASCII, without its quotes and the escapes that only those need.
  const std::string literal = nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  std::string result;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] == '\\' && (literal[i + 1] == '"' || literal[i + 1] == '\\')) ++i;
    result += literal[i];
  }
  return result;
}

Json read_json(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw SampleError("cannot open " + path.u8string());
  try {
    Json document = Json::parse(file);
    if (document.is_object()) return document;
  } catch (const Json::exception& error) {
    throw SampleError("cannot read " + path.u8string() + ": " + error.what());
  }
  throw SampleError(path.u8string() + " holds no JSON object");
}
