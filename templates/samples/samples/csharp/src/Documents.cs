using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace ModelSample
{
    /// <summary>JSON files and their fields.</summary>
    internal static class Documents
    {
        /// <summary>The JSON object that a file holds.</summary>
        public static JsonElement Read(string path)
        {
            try
            {
                using (var file = File.OpenRead(path))
                using (var document = JsonDocument.Parse(file))
                {
                    if (document.RootElement.ValueKind != JsonValueKind.Object)
                    {
                        throw new SampleError(path + " holds no JSON object");
                    }
                    return document.RootElement.Clone();
                }
            }
            catch (Exception error) when (
                error is IOException || error is UnauthorizedAccessException || error is JsonException)
            {
                throw new SampleError("cannot read " + path + ": " + error.Message);
            }
        }

        /// <summary>Whether a document has the form of golden.json, and not that of values by input name.</summary>
        public static bool IsGolden(JsonElement document)
        {
            JsonElement format, inputs, kind;
            return document.TryGetProperty("format", out format) && format.ValueKind == JsonValueKind.Number
                && document.TryGetProperty("inputs", out inputs) && inputs.ValueKind == JsonValueKind.Array
                && inputs.EnumerateArray().All(
                    input => input.ValueKind == JsonValueKind.Object && input.TryGetProperty("kind", out kind));
        }

        public static JsonElement Field(JsonElement json, string name)
        {
            JsonElement field = default(JsonElement);
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out field))
            {
                throw new SampleError("there is no " + name);
            }
            return field;
        }

        public static string Text(JsonElement json, string name)
        {
            var field = Field(json, name);
            if (field.ValueKind != JsonValueKind.String)
            {
                throw new SampleError(name + " is no text");
            }
            return field.GetString();
        }

        public static JsonElement[] Items(JsonElement json, string name)
        {
            var field = Field(json, name);
            if (field.ValueKind != JsonValueKind.Array)
            {
                throw new SampleError(name + " is no list");
            }
            return field.EnumerateArray().ToArray();
        }

        /// <summary>The items of a list by their names.</summary>
        public static Dictionary<string, JsonElement> ItemsByName(JsonElement json, string name)
        {
            return LastOf(Items(json, name).Select(item => new KeyValuePair<string, JsonElement>(Text(item, "name"), item)));
        }

        /// <summary>The fields of an object.</summary>
        public static Dictionary<string, JsonElement> Fields(JsonElement json)
        {
            if (json.ValueKind != JsonValueKind.Object)
            {
                throw new SampleError("expected an object");
            }
            return LastOf(
                json.EnumerateObject().Select(field => new KeyValuePair<string, JsonElement>(field.Name, field.Value)));
        }

        private static Dictionary<string, JsonElement> LastOf(IEnumerable<KeyValuePair<string, JsonElement>> pairs)
        {
            var last = new Dictionary<string, JsonElement>();
            foreach (var pair in pairs)
            {
                last[pair.Key] = pair.Value;
            }
            return last;
        }
    }
}
