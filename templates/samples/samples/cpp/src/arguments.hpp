// The command line.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Arguments {
  std::optional<std::filesystem::path> model;
  std::optional<std::filesystem::path> config;
  std::optional<std::filesystem::path> inputs;
  std::optional<std::filesystem::path> custom_ops;
  bool check = false;
  bool allow_fallback = false;
  bool help = false;

  // Throws UsageError.
  static Arguments parse(const std::vector<std::string>& words);
};

extern const char* const kHelp;
