// Compares outputs with reference outputs.
#pragma once

#include <string>
#include <vector>

#include "json.hpp"

// What differs, a line for each output; empty where all is well. Both are lists of described
// outputs; a golden one also has its tolerance, and whether its values are stable.
std::vector<std::string> differences(const Json& outputs, const Json& golden);
