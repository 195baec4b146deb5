// inference_config.json: execution providers and session options.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "json.hpp"

struct Provider {
  std::string name;
  std::map<std::string, std::string> options;
};

struct Settings {
  std::vector<Provider> providers;  // in order of preference, at least one
  Json session_options;
  bool io_bind = false;
};

// Read the settings. Providers are names with a parallel list of options, or pairs of the two;
// where the file names none, those of `usual`, of the same form, are used. Throws SampleError.
Settings read_settings(const std::filesystem::path& path, const Json& usual, bool may_be_missing);

// Options as ONNX Runtime takes them: all text, truth values as 1 and 0, nulls left out.
std::map<std::string, std::string> as_texts(const Json& options);
