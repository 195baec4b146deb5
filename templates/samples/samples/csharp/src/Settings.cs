using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace ModelSample
{
    /// <summary>An execution provider, and its options as ONNX Runtime takes them: all text.</summary>
    internal sealed class Provider
    {
        public readonly string Name;
        public readonly Dictionary<string, string> Options;

        public Provider(string name, Dictionary<string, string> options)
        {
            Name = name;
            Options = options;
        }
    }

    /// <summary>inference_config.json: execution providers, in order of preference, and session options.</summary>
    internal sealed class Settings
    {
        private static readonly Dictionary<string, Action<SessionOptions, JsonElement>> Setters =
            new Dictionary<string, Action<SessionOptions, JsonElement>>
            {
                { "execution_mode", (options, value) => options.ExecutionMode = Member<ExecutionMode>(value) },
                {
                    "graph_optimization_level",
                    (options, value) => options.GraphOptimizationLevel = Member<GraphOptimizationLevel>(value)
                },
                { "intra_op_num_threads", (options, value) => options.IntraOpNumThreads = value.GetInt32() },
                { "inter_op_num_threads", (options, value) => options.InterOpNumThreads = value.GetInt32() },
                { "enable_mem_pattern", (options, value) => options.EnableMemoryPattern = value.GetBoolean() },
                { "enable_cpu_mem_arena", (options, value) => options.EnableCpuMemArena = value.GetBoolean() },
                { "enable_profiling", (options, value) => options.EnableProfiling = value.GetBoolean() },
                { "profile_file_prefix", (options, value) => options.ProfileOutputPathPrefix = value.GetString() },
                { "optimized_model_filepath", (options, value) => options.OptimizedModelFilePath = value.GetString() },
                { "logid", (options, value) => options.LogId = value.GetString() },
                {
                    "log_severity_level",
                    (options, value) => options.LogSeverityLevel = (OrtLoggingLevel)value.GetInt32()
                },
                { "log_verbosity_level", (options, value) => options.LogVerbosityLevel = value.GetInt32() },
                { "extra_session_config", AddEntries },
            };

        public readonly IReadOnlyList<Provider> Providers;
        private readonly Dictionary<string, JsonElement> _sessionOptions;

        private Settings(IReadOnlyList<Provider> providers, Dictionary<string, JsonElement> sessionOptions)
        {
            Providers = providers;
            _sessionOptions = sessionOptions;
        }

        /// <summary>Reads inference_config.json.</summary>
        /// <remarks>Its providers are names with a parallel list of options, or pairs of the two.</remarks>
        /// <param name="providers">Those to use where it names none.</param>
        /// <param name="isOptional">Whether the file may be missing.</param>
        public static Settings Read(string path, IEnumerable<string> providers, bool isOptional)
        {
            if (isOptional && !File.Exists(path))
            {
                Messages.Note("no " + path + ": default settings");
                return new Settings(providers.Select(name => ReadProvider(name)).ToList(), new Dictionary<string, JsonElement>());
            }
            var fields = Given(Documents.Read(path));
            try
            {
                var named = ReadProviders(Items(fields, "execution_provider"), Items(fields, "provider_options"));
                JsonElement sessionOptions;
                return new Settings(
                    named.Count > 0 ? named : providers.Select(name => ReadProvider(name)).ToList(),
                    fields.TryGetValue("session_options", out sessionOptions)
                        ? Given(sessionOptions)
                        : new Dictionary<string, JsonElement>());
            }
            catch (Exception error) when (error is SampleError || error is InvalidOperationException)
            {
                throw new SampleError(path + ": " + error.Message);
            }
        }

        private static JsonElement[] Items(Dictionary<string, JsonElement> fields, string name)
        {
            JsonElement list;
            if (!fields.TryGetValue(name, out list))
            {
                return new JsonElement[0];
            }
            if (list.ValueKind != JsonValueKind.Array)
            {
                throw new SampleError(name + " is no list");
            }
            return list.EnumerateArray().ToArray();
        }

        private static List<Provider> ReadProviders(JsonElement[] names, JsonElement[] options)
        {
            return names.Select((entry, index) =>
            {
                var isPair = entry.ValueKind == JsonValueKind.Array;
                var parts = isPair ? entry.EnumerateArray().ToArray() : new[] { entry }.Concat(options.Skip(index).Take(1)).ToArray();
                var name = parts.FirstOrDefault();
                if (name.ValueKind != JsonValueKind.String)
                {
                    throw new SampleError("not a provider and its options: " + entry.GetRawText());
                }
                return ReadProvider(name.GetString(), parts.Skip(1).FirstOrDefault());
            }).ToList();
        }

        private static Provider ReadProvider(string name, JsonElement options = default(JsonElement))
        {
            var isGiven = options.ValueKind != JsonValueKind.Undefined && options.ValueKind != JsonValueKind.Null;
            var given = isGiven ? Given(options) : new Dictionary<string, JsonElement>();
            return new Provider(name, given.ToDictionary(option => option.Key, option => AsText(option.Value)));
        }

        /// <summary>The fields of an object, nulls left out.</summary>
        private static Dictionary<string, JsonElement> Given(JsonElement json)
        {
            return Documents.Fields(json)
                .Where(field => field.Value.ValueKind != JsonValueKind.Null)
                .ToDictionary(field => field.Key, field => field.Value);
        }

        private static string AsText(JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    return value.GetString();
                case JsonValueKind.True:
                    return "1";
                case JsonValueKind.False:
                    return "0";
                default:
                    return value.GetRawText();
            }
        }

        /// <summary>Sets the session options that the C# API has, and says which others were asked for.</summary>
        public void Apply(SessionOptions options)
        {
            foreach (var option in _sessionOptions)
            {
                Action<SessionOptions, JsonElement> set;
                if (!Setters.TryGetValue(option.Key, out set))
                {
                    Messages.Note("left out: ONNX Runtime's C# API has no session option " + option.Key);
                    continue;
                }
                try
                {
                    set(options, option.Value);
                }
                catch (Exception error) when (
                    error is OnnxRuntimeException || error is InvalidOperationException || error is FormatException
                    || error is SampleError)
                {
                    throw new SampleError(
                        "session option " + option.Key + "=" + option.Value.GetRawText() + ": " + error.Message);
                }
            }
        }

        private static void AddEntries(SessionOptions options, JsonElement entries)
        {
            foreach (var entry in Given(entries))
            {
                options.AddSessionConfigEntry(entry.Key, AsText(entry.Value));
            }
        }

        /// <summary>The member of an enum by number (99) or name (ORT_ENABLE_ALL, enable_all).</summary>
        private static T Member<T>(JsonElement value)
        {
            var wanted = AsText(value).ToUpperInvariant();
            foreach (T member in Enum.GetValues(typeof(T)))
            {
                if (wanted == member.ToString() || "ORT_" + wanted == member.ToString()
                    || wanted == Convert.ToInt32(member).ToString())
                {
                    return member;
                }
            }
            throw new FormatException("expected one of " + string.Join(", ", Enum.GetNames(typeof(T))));
        }
    }
}
