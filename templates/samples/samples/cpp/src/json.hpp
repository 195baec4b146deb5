// JSON documents that keep the order of their keys.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

using Json = nlohmann::ordered_json;

// The object in a JSON file. Throws SampleError.
Json read_json(const std::filesystem::path& path);
