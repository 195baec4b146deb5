// Input values from a JSON file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "json.hpp"
#include "model.hpp"

// Whether a document is of the form of golden.json: its inputs are a list of described values. (An
// input of a model may be called "inputs", too.)
bool is_described(const Json& document);

// Described values by input name. The document is of that form, or has nested lists by input
// name. Throws SampleError for a name that the model lacks.
std::map<std::string, Json> input_values(const Json& document, const std::vector<Argument>& inputs);
