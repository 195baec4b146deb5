using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.ML.OnnxRuntime;

namespace ModelSample
{
    /// <summary>Opens ONNX Runtime's sessions as inference_config.json asks.</summary>
    internal static class Sessions
    {
        private const string Cpu = "CPUExecutionProvider";
        private const string Suffix = "ExecutionProvider";

        // Where AppendExecutionProvider's name is not ONNX Runtime's own without its suffix.
        private static readonly Dictionary<string, string> ShortNames = new Dictionary<string, string>
        {
            { "AzureExecutionProvider", "AZURE" },
            { "NvTensorRTRTXExecutionProvider", "NvTensorRtRtx" },
            { "WebGpuExecutionProvider", "WebGPU" },
            { "XnnpackExecutionProvider", "XNNPACK" },
        };

        /// <summary>
        /// Loads a model on the first of the providers, which must be usable unless `allowFallback`; says which it uses.
        /// </summary>
        public static InferenceSession Open(string model, Settings settings, CustomOps operators, bool allowFallback)
        {
            if (!File.Exists(model))
            {
                throw new SampleError("there is no model file " + model);
            }
            using (var options = new SessionOptions())
            {
                options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR; // real models cause hundreds of warnings
                settings.Apply(options);
                operators.Register(options);
                var used = Append(settings.Providers, options, allowFallback);
                try
                {
                    var session = new InferenceSession(model, options);
                    Messages.Note(
                        "onnxruntime " + OrtEnv.Instance().GetVersionString() + " on " + string.Join(", ", used));
                    return session;
                }
                catch (OnnxRuntimeException error)
                {
                    throw new SampleError("cannot load " + model + ": " + error.Message);
                }
            }
        }

        private static List<string> Append(IReadOnlyList<Provider> providers, SessionOptions options, bool allowFallback)
        {
            var used = new List<string>();
            // The CPU is always there and runs all nodes: what is named after it gets none.
            foreach (var provider in providers.TakeWhile(provider => provider.Name != Cpu))
            {
                var problem = Problem(provider, options);
                if (problem == null)
                {
                    used.Add(provider.Name);
                }
                else if (provider == providers[0] && !allowFallback)
                {
                    throw new SampleError(
                        problem + "\nInstall the package that has it and what its device needs, or pass --allow-fallback.");
                }
                else
                {
                    Messages.Note("left out: " + problem);
                }
            }
            used.Add(Cpu);
            return used;
        }

        /// <summary>Why a provider cannot be used; null where it can, and is.</summary>
        private static string Problem(Provider provider, SessionOptions options)
        {
            var available = OrtEnv.Instance().GetAvailableProviders();
            if (!available.Contains(provider.Name))
            {
                return provider.Name + " is not in this onnxruntime, which has " + string.Join(", ", available);
            }
            try
            {
                Append(provider, options);
                return null;
            }
            catch (Exception error) when (
                error is OnnxRuntimeException || error is EntryPointNotFoundException
                || error is NotSupportedException || error is FormatException)
            {
                return provider.Name + " cannot be used here: " + error.Message;
            }
        }

        private static void Append(Provider provider, SessionOptions options)
        {
            switch (provider.Name)
            {
                case "CUDAExecutionProvider":
                    using (var cuda = new OrtCUDAProviderOptions())
                    {
                        cuda.UpdateOptions(provider.Options);
                        options.AppendExecutionProvider_CUDA(cuda);
                    }
                    break;
                case "TensorrtExecutionProvider":
                    using (var tensorRt = new OrtTensorRTProviderOptions())
                    {
                        tensorRt.UpdateOptions(provider.Options);
                        options.AppendExecutionProvider_Tensorrt(tensorRt);
                    }
                    break;
                case "DmlExecutionProvider":
                    options.AppendExecutionProvider_DML(DeviceOf(provider));
                    break;
                case "MIGraphXExecutionProvider":
                    options.AppendExecutionProvider_MIGraphX(DeviceOf(provider));
                    break;
                case "ROCMExecutionProvider":
                    options.AppendExecutionProvider_ROCm(DeviceOf(provider));
                    break;
                case "DnnlExecutionProvider":
                    options.AppendExecutionProvider_Dnnl();
                    break;
                default:
                    options.AppendExecutionProvider(ShortName(provider.Name), provider.Options);
                    break;
            }
        }

        private static int DeviceOf(Provider provider)
        {
            string device;
            return provider.Options.TryGetValue("device_id", out device) ? int.Parse(device) : 0;
        }

        private static string ShortName(string name)
        {
            string found;
            if (ShortNames.TryGetValue(name, out found))
            {
                return found;
            }
            return name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;
        }
    }
}
