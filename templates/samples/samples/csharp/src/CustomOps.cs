using System;
using Microsoft.ML.OnnxRuntime;

namespace ModelSample
{
    /// <summary>Operators that ONNX Runtime lacks, and the library that has them.</summary>
    internal sealed class CustomOps
    {
        private const string Variable = "MODEL_CUSTOM_OPS";

        private readonly bool _extensions;
        private readonly string _unknown;
        private readonly string _library;

        /// <summary>
        /// `extensions` says that the model has operators of onnxruntime-extensions, `unknown` names the domains of
        /// others.
        /// </summary>
        public CustomOps(bool extensions, string unknown, string library = null)
        {
            _extensions = extensions;
            _unknown = unknown;
            _library = library;
        }

        /// <summary>Nothing is known of the operators of another model.</summary>
        public CustomOps OfAnotherModel
        {
            get { return new CustomOps(_extensions, ""); }
        }

        /// <summary>The same with a library, or that of the environment variable where it is null.</summary>
        public CustomOps With(string library)
        {
            var named = library ?? Environment.GetEnvironmentVariable(Variable);
            return new CustomOps(_extensions, _unknown, string.IsNullOrEmpty(named) ? null : named);
        }

        public void Register(SessionOptions options)
        {
            if (_library == null && _unknown.Length > 0)
            {
                throw new SampleError(
                    "this program cannot run this model because it has operators of " + _unknown
                    + ", which ONNX Runtime lacks: name the library that has them with --custom-ops or in the variable "
                    + Variable);
            }
            try
            {
                if (_library != null)
                {
                    options.RegisterCustomOpLibrary(_library);
                }
                else if (_extensions)
                {
                    options.RegisterOrtExtensions();
                }
            }
            catch (OnnxRuntimeException error)
            {
                throw new SampleError("cannot register " + (_library ?? "onnxruntime-extensions") + ": " + error.Message);
            }
        }
    }
}
