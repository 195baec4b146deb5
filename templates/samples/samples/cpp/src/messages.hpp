// What is said to the user beside the result.
#pragma once

#include <stdexcept>
#include <string>

// Something that the user can put right.
struct SampleError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Writes a line to standard error.
void note(const std::string& text);

// Escapes what a terminal would act upon: names in a model may hold anything.
std::string printable(const std::string& text);
