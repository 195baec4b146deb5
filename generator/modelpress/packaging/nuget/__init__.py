"""NuGet packages of ONNX Runtime for C++ and C#: chosen, fetched from a feed, with all that they depend on."""
