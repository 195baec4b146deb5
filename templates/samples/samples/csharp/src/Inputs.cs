using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace ModelSample
{
    /// <summary>Reads a value for each input, from golden.json's form or from nested lists by input name.</summary>
    internal static class Inputs
    {
        public static Dictionary<string, Value> Read(JsonElement document, IReadOnlyList<Parameter> parameters)
        {
            var isGolden = Documents.IsGolden(document);
            var given = isGolden
                ? Documents.ItemsByName(document, "inputs")
                : Documents.Fields(document);
            var unknown = given.Keys.Except(parameters.Select(parameter => parameter.Name)).FirstOrDefault();
            if (unknown != null)
            {
                throw new SampleError("the model has no input " + Messages.Quoted(unknown) + ", but " + Listed(parameters));
            }
            var values = new Dictionary<string, Value>();
            foreach (var parameter in parameters)
            {
                JsonElement json;
                if (given.TryGetValue(parameter.Name, out json))
                {
                    values[parameter.Name] = Read(json, parameter, isGolden);
                }
                else if (parameter.Type.Kind != "optional")
                {
                    throw new SampleError("there is no value for the input " + parameter);
                }
            }
            return values;
        }

        private static string Listed(IEnumerable<Parameter> parameters)
        {
            return string.Join(", ", parameters);
        }

        private static Value Read(JsonElement json, Parameter parameter, bool isDescribed)
        {
            try
            {
                var value = isDescribed ? Described.Read(json) : ReadNested(json, parameter.Type);
                var misfit = parameter.Type.Misfit(value);
                if (misfit != null)
                {
                    throw new SampleError(misfit);
                }
                return value;
            }
            catch (SampleError error)
            {
                throw new SampleError("input " + parameter + ": " + error.Message);
            }
        }

        private static Value ReadNested(JsonElement json, OnnxType type)
        {
            switch (type.Kind)
            {
                case "optional":
                    return new Optional(json.ValueKind == JsonValueKind.Null ? null : ReadNested(json, type.Element));
                case "sequence":
                    if (json.ValueKind != JsonValueKind.Array)
                    {
                        throw new SampleError("expected a list");
                    }
                    return new Sequence(json.EnumerateArray().Select(item => ReadNested(item, type.Element)).ToArray());
                case "map":
                    return ReadMap(Documents.Fields(json), type);
                default:
                    return ReadTensor(json, ElementType.Named(type.Dtype));
            }
        }

        private static Map ReadMap(Dictionary<string, JsonElement> fields, OnnxType type)
        {
            var shape = new long[] { fields.Count };
            var keys = ElementType.Named(type.Dtype);
            var names = Array.CreateInstance(keys.Storage, fields.Count);
            var index = 0;
            foreach (var name in fields.Keys)
            {
                names.SetValue(keys.FromText(name), index++);
            }
            return new Map(
                new Tensor(keys, shape, names),
                Tensor.Read(ElementType.Named(type.Element.Dtype), shape, fields.Values.ToArray()));
        }

        private static Tensor ReadTensor(JsonElement json, ElementType type)
        {
            var shape = new List<long>();
            for (var level = json; level.ValueKind == JsonValueKind.Array; level = level[0])
            {
                shape.Add(level.GetArrayLength());
                if (level.GetArrayLength() == 0)
                {
                    break;
                }
            }
            var elements = new List<JsonElement>();
            Flatten(json, shape, 0, elements);
            return Tensor.Read(type, shape.ToArray(), elements);
        }

        private static void Flatten(JsonElement json, IReadOnlyList<long> shape, int depth, ICollection<JsonElement> into)
        {
            if (depth == shape.Count)
            {
                into.Add(json);
                return;
            }
            if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != shape[depth])
            {
                throw new SampleError("the lists in it are of unequal lengths");
            }
            foreach (var item in json.EnumerateArray())
            {
                Flatten(item, shape, depth + 1, into);
            }
        }
    }
}
