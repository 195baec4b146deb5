using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace ModelSample
{
    /// <summary>Compares what a run gave with the golden outputs.</summary>
    internal sealed class Comparison
    {
        private readonly double _absolute;
        private readonly double _relative;
        private readonly bool _isStable;

        private Comparison(double absolute, double relative, bool isStable)
        {
            _absolute = absolute;
            _relative = relative;
            _isStable = isStable;
        }

        /// <summary>What differs, at most one finding for each output; those in `leftOut` are not looked at.</summary>
        public static List<string> Differences(
            IReadOnlyDictionary<string, Value> outputs, JsonElement golden, ICollection<string> leftOut)
        {
            var expected = Documents.ItemsByName(golden, "outputs");
            var compared = expected.Keys.Where(name => !leftOut.Contains(name)).ToArray();
            var missing = compared.Except(outputs.Keys).Select(name => "output " + Messages.Quoted(name) + ": missing");
            var added = outputs.Keys.Except(compared).Select(name => "output " + Messages.Quoted(name) + ": not expected");
            var differing = compared.Where(outputs.ContainsKey)
                .Select(name => Of(expected[name]).Difference(outputs[name], Described.Read(expected[name]),
                    "output " + Messages.Quoted(name)));
            return missing.Concat(added).Concat(differing).Where(found => found != null).ToList();
        }

        private static Comparison Of(JsonElement output)
        {
            var numbers = ElementType.Named("float64");
            var tolerance = Documents.Field(output, "tolerance");
            return new Comparison(
                (double)numbers.Read(Documents.Field(tolerance, "absolute")),
                (double)numbers.Read(Documents.Field(tolerance, "relative")),
                Documents.Field(output, "stable").ValueKind == JsonValueKind.True);
        }

        private string Difference(Value actual, Value expected, string place)
        {
            if (actual.Kind != expected.Kind)
            {
                return place + ": got a " + actual.Kind + ", expected a " + expected.Kind;
            }
            switch (actual.Kind)
            {
                case "tensor":
                    return TensorDifference((Tensor)actual, (Tensor)expected, place);
                case "sequence":
                    return SequenceDifference((Sequence)actual, (Sequence)expected, place);
                case "map":
                    return MapDifference((Map)actual, (Map)expected, place);
                default:
                    return OptionalDifference((Optional)actual, (Optional)expected, place);
            }
        }

        private string TensorDifference(Tensor actual, Tensor expected, string place)
        {
            if (actual.Type != expected.Type || !actual.Shape.SequenceEqual(expected.Shape))
            {
                return place + ": got " + TypeOf(actual) + ", expected " + TypeOf(expected);
            }
            for (var index = 0; _isStable && index < actual.Data.Length; index++)
            {
                object found = actual.Data.GetValue(index), wanted = expected.Data.GetValue(index);
                if (!IsClose(actual.Type, found, wanted))
                {
                    return place + " at " + Position(index, actual.Shape) + ": got " + Quoted(actual.Type, found)
                        + ", expected " + Quoted(actual.Type, wanted);
                }
            }
            return null;
        }

        private static string TypeOf(Tensor tensor)
        {
            return tensor.Type.Name + Tensor.ShapeText(tensor.Shape);
        }

        private static string Quoted(ElementType type, object element)
        {
            return element is string ? Messages.Quoted((string)element) : type.Text(element);
        }

        private static string Position(long index, long[] shape)
        {
            var position = new long[shape.Length];
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                position[axis] = index % shape[axis];
                index /= shape[axis];
            }
            return Tensor.ShapeText(position);
        }

        private bool IsClose(ElementType type, object found, object wanted)
        {
            var isExact = !type.IsNumber || !type.IsReal && _absolute == 0 && _relative == 0;
            if (found.Equals(wanted) || isExact)
            {
                return found.Equals(wanted);
            }
            double value = type.Number(found), golden = type.Number(wanted);
            if (double.IsNaN(golden) || double.IsInfinity(golden))
            {
                return value.Equals(golden);
            }
            return Math.Abs(value - golden) <= _absolute + _relative * Math.Abs(golden);
        }

        private string SequenceDifference(Sequence actual, Sequence expected, string place)
        {
            if (actual.Elements.Count != expected.Elements.Count)
            {
                return place + ": got " + actual.Elements.Count + " elements, expected " + expected.Elements.Count;
            }
            return actual.Elements
                .Select((element, index) => Difference(element, expected.Elements[index], place + " element " + index))
                .FirstOrDefault(found => found != null);
        }

        /// <summary>Maps are equal in whichever order they list their keys.</summary>
        private string MapDifference(Map actual, Map expected, string place)
        {
            if (actual.Keys.Type != expected.Keys.Type || actual.Values.Type != expected.Values.Type)
            {
                return place + ": got a map from " + actual.Keys.Type.Name + " to " + actual.Values.Type.Name
                    + ", expected one from " + expected.Keys.Type.Name + " to " + expected.Values.Type.Name;
            }
            if (!_isStable)
            {
                return null;
            }
            var values = Rows(actual);
            foreach (var row in Rows(expected))
            {
                object found;
                var key = Quoted(expected.Keys.Type, row.Key);
                if (!values.TryGetValue(row.Key, out found))
                {
                    return place + ": there is no key " + key;
                }
                if (!IsClose(expected.Values.Type, found, row.Value))
                {
                    return place + " at key " + key + ": got " + Quoted(actual.Values.Type, found)
                        + ", expected " + Quoted(actual.Values.Type, row.Value);
                }
            }
            return values.Count == expected.Keys.Data.Length
                ? null
                : place + ": got " + values.Count + " keys, expected " + expected.Keys.Data.Length;
        }

        private static Dictionary<object, object> Rows(Map map)
        {
            var rows = new Dictionary<object, object>();
            for (var index = 0; index < map.Keys.Data.Length; index++)
            {
                rows[map.Keys.Data.GetValue(index)] = map.Values.Data.GetValue(index);
            }
            return rows;
        }

        private string OptionalDifference(Optional actual, Optional expected, string place)
        {
            if (actual.Held == null || expected.Held == null)
            {
                return actual.Held == expected.Held
                    ? null
                    : place + ": got " + State(actual) + ", expected " + State(expected);
            }
            return Difference(actual.Held, expected.Held, place);
        }

        private static string State(Optional optional)
        {
            return optional.Held == null ? "no value" : "a value";
        }
    }
}
