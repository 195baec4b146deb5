using System.Linq;
using System.Text.Json;

namespace ModelSample
{
    /// <summary>Reads values that say what they are, as those in golden.json do.</summary>
    internal static class Described
    {
        public static Value Read(JsonElement json)
        {
            switch (Documents.Text(json, "kind"))
            {
                case "tensor":
                    return ReadTensor(json);
                case "sequence":
                    return new Sequence(Documents.Items(json, "elements").Select(Read).ToArray());
                case "map":
                    return new Map(ReadColumn(json, "key_dtype", "keys"), ReadColumn(json, "value_dtype", "values"));
                case "optional":
                    var held = Documents.Field(json, "value");
                    return new Optional(held.ValueKind == JsonValueKind.Null ? null : Read(held));
                default:
                    throw new SampleError("there is no kind of value " + Documents.Text(json, "kind"));
            }
        }

        private static Tensor ReadTensor(JsonElement json)
        {
            var lengths = ElementType.Named("int64");
            var shape = Documents.Items(json, "shape").Select(length => (long)lengths.Read(length)).ToArray();
            return Tensor.Read(ElementType.Named(Documents.Text(json, "dtype")), shape, Documents.Items(json, "data"));
        }

        private static Tensor ReadColumn(JsonElement json, string dtype, string field)
        {
            var items = Documents.Items(json, field);
            return Tensor.Read(ElementType.Named(Documents.Text(json, dtype)), new long[] { items.Length }, items);
        }
    }
}
