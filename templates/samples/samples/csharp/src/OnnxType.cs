using System;
using System.Globalization;
using System.Linq;

namespace ModelSample
{
    /// <summary>A type of ONNX: of an input or output, or of what such a one holds.</summary>
    internal sealed class OnnxType
    {
        public readonly string Kind;

        /// <summary>Element type of a tensor, or of the keys of a map.</summary>
        public readonly string Dtype;

        /// <summary>What a sequence, an optional, or each key of a map holds.</summary>
        public readonly OnnxType Element;

        private readonly object[] _shape;

        private OnnxType(string kind, string dtype, object[] shape, OnnxType element)
        {
            Kind = kind;
            Dtype = dtype;
            Element = element;
            _shape = shape;
        }

        /// <param name="dtype">Its name in golden.json.</param>
        /// <param name="shape">
        /// Sizes, names of free dimensions, and null for one without a name; null for an unknown rank.
        /// </param>
        public static OnnxType Tensor(string dtype, object[] shape)
        {
            return new OnnxType("tensor", dtype, shape, null);
        }

        public static OnnxType Sequence(OnnxType element)
        {
            return new OnnxType("sequence", null, null, element);
        }

        public static OnnxType Map(string key, OnnxType value)
        {
            return new OnnxType("map", key, null, value);
        }

        public static OnnxType Optional(OnnxType element)
        {
            return new OnnxType("optional", null, null, element);
        }

        /// <summary>Whether the element types in it are known; that of a model's output may be left unsaid.</summary>
        public bool IsKnown
        {
            get { return (Dtype == null || ElementType.Exists(Dtype)) && (Element == null || Element.IsKnown); }
        }

        /// <summary>Why a value cannot be fed as one of this type; null where it can.</summary>
        public string Misfit(Value value)
        {
            if (value.Kind != Kind)
            {
                return "got a " + value.Kind;
            }
            switch (Kind)
            {
                case "tensor":
                    return TensorMisfit((Tensor)value);
                case "sequence":
                    var elements = ((Sequence)value).Elements;
                    return elements.Count == 0
                        ? "ONNX Runtime's C# API makes no empty sequences"
                        : elements.Select(Element.Misfit).FirstOrDefault(found => found != null);
                case "optional":
                    var held = ((Optional)value).Held;
                    return held == null ? null : Element.Misfit(held);
                default:
                    var map = (Map)value;
                    return map.Keys.Type.Name == Dtype && map.Values.Type.Name == Element.Dtype
                        ? null
                        : "got a map from " + map.Keys.Type.Name + " to " + map.Values.Type.Name;
            }
        }

        private string TensorMisfit(Tensor tensor)
        {
            if (tensor.Type.Name != Dtype)
            {
                return "got " + tensor.Type.Name;
            }
            var fits = _shape == null || _shape.Length == tensor.Shape.Length
                && _shape.Zip(tensor.Shape, (declared, length) => IsFree(declared) || SizeOf(declared) == length)
                    .All(same => same);
            return fits ? null : "got the shape " + ModelSample.Tensor.ShapeText(tensor.Shape);
        }

        private static bool IsFree(object dimension)
        {
            return dimension == null || dimension is string;
        }

        private static long SizeOf(object dimension)
        {
            return Convert.ToInt64(dimension, CultureInfo.InvariantCulture);
        }

        public override string ToString()
        {
            switch (Kind)
            {
                case "tensor":
                    return Dtype + (_shape == null ? "[...]" : "[" + string.Join(", ", _shape.Select(Word)) + "]");
                case "map":
                    return "map of " + Dtype + " to " + Element;
                default:
                    return Kind + " of " + Element;
            }
        }

        private static string Word(object dimension)
        {
            return dimension == null ? "?" : Convert.ToString(dimension, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>An input or an output of the model.</summary>
    internal sealed class Parameter
    {
        public readonly string Name;
        public readonly OnnxType Type;

        public Parameter(string name, OnnxType type)
        {
            Name = name;
            Type = type;
        }

        public override string ToString()
        {
            return Messages.Quoted(Name) + " (" + Messages.Printable(Type.ToString()) + ")";
        }
    }
}
