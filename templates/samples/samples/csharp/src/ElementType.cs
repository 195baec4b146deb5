using System;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelSample
{
    /// <summary>An element type of tensors, and the way of its elements to JSON and back.</summary>
    /// <remarks>float16 and bfloat16 are stored as their bits, all other types as C# has them.</remarks>
    internal sealed class ElementType
    {
        private static readonly ElementType[] All =
        {
            Real("float32", TensorElementType.Float, typeof(float), x => (float)x, e => (float)e),
            Real("float64", TensorElementType.Double, typeof(double), x => x, e => (double)e),
            Real("float16", TensorElementType.Float16, typeof(ushort),
                x => ((Float16)(float)x).value, e => new Float16((ushort)e).ToFloat()),
            Real("bfloat16", TensorElementType.BFloat16, typeof(ushort),
                x => ((BFloat16)(float)x).value, e => new BFloat16((ushort)e).ToFloat()),
            new ElementType("int8", TensorElementType.Int8, typeof(sbyte)),
            new ElementType("int16", TensorElementType.Int16, typeof(short)),
            new ElementType("int32", TensorElementType.Int32, typeof(int)),
            new ElementType("int64", TensorElementType.Int64, typeof(long)),
            new ElementType("uint8", TensorElementType.UInt8, typeof(byte)),
            new ElementType("uint16", TensorElementType.UInt16, typeof(ushort)),
            new ElementType("uint32", TensorElementType.UInt32, typeof(uint)),
            new ElementType("uint64", TensorElementType.UInt64, typeof(ulong)),
            new ElementType("bool", TensorElementType.Bool, typeof(bool)),
            new ElementType("string", TensorElementType.String, typeof(string)),
        };

        public readonly string Name;
        public readonly TensorElementType Code;

        /// <summary>The type of the elements of the arrays that hold such tensors.</summary>
        public readonly Type Storage;

        private Func<double, object> _fromDouble;
        private Func<object, double> _toDouble;

        private ElementType(string name, TensorElementType code, Type storage)
        {
            Name = name;
            Code = code;
            Storage = storage;
        }

        private static ElementType Real(
            string name, TensorElementType code, Type storage, Func<double, object> from, Func<object, double> to)
        {
            return new ElementType(name, code, storage) { _fromDouble = from, _toDouble = to };
        }

        /// <summary>Of all types, as in golden.json.</summary>
        public static string[] Names
        {
            get { return All.Select(type => type.Name).ToArray(); }
        }

        public bool IsReal
        {
            get { return _toDouble != null; }
        }

        public bool IsNumber
        {
            get { return Storage != typeof(bool) && Storage != typeof(string); }
        }

        public static bool Exists(string name)
        {
            return All.Any(type => type.Name == name);
        }

        public static ElementType Named(string name)
        {
            return Known(All.FirstOrDefault(type => type.Name == name), name);
        }

        public static ElementType Of(TensorElementType code)
        {
            return Known(All.FirstOrDefault(type => type.Code == code), code.ToString());
        }

        private static ElementType Known(ElementType type, string name)
        {
            if (type == null)
            {
                throw new SampleError("ONNX Runtime's C# API has no tensors of " + name);
            }
            return type;
        }

        /// <summary>The value of a number as it is compared.</summary>
        public double Number(object element)
        {
            return IsReal ? _toDouble(element) : Convert.ToDouble(element, CultureInfo.InvariantCulture);
        }

        /// <summary>An element from JSON, where that loses nothing but precision.</summary>
        public object Read(JsonElement json)
        {
            if (IsReal)
            {
                return ReadReal(json);
            }
            if (IsNumber)
            {
                return ReadInteger(json);
            }
            var kind = json.ValueKind;
            if (Storage == typeof(string) && kind == JsonValueKind.String)
            {
                return json.GetString();
            }
            if (Storage == typeof(bool) && (kind == JsonValueKind.True || kind == JsonValueKind.False))
            {
                return json.GetBoolean();
            }
            throw Unfit(json.GetRawText());
        }

        private object ReadReal(JsonElement json)
        {
            if (json.ValueKind != JsonValueKind.Number)
            {
                return _fromDouble(Special(json));
            }
            var element = _fromDouble(json.GetDouble());
            if (double.IsInfinity(_toDouble(element)))
            {
                throw new SampleError(json.GetRawText() + " is beyond the range of " + Name);
            }
            return element;
        }

        private double Special(JsonElement json)
        {
            switch (json.ValueKind == JsonValueKind.String ? json.GetString() : "")
            {
                case "NaN":
                    return double.NaN;
                case "Infinity":
                    return double.PositiveInfinity;
                case "-Infinity":
                    return double.NegativeInfinity;
                default:
                    throw Unfit(json.GetRawText());
            }
        }

        private object ReadInteger(JsonElement json)
        {
            if (json.ValueKind != JsonValueKind.Number && json.ValueKind != JsonValueKind.String)
            {
                throw Unfit(json.GetRawText());
            }
            return FromText(json.ValueKind == JsonValueKind.String ? json.GetString() : json.GetRawText());
        }

        /// <summary>The integer or string that a text stands for.</summary>
        public object FromText(string text)
        {
            try
            {
                return Convert.ChangeType(text, Storage, CultureInfo.InvariantCulture);
            }
            catch (OverflowException)
            {
                throw new SampleError(text + " is beyond the range of " + Name);
            }
            catch (FormatException)
            {
                throw Unfit(text);
            }
        }

        private SampleError Unfit(string text)
        {
            return new SampleError((text.Length > 40 ? text.Substring(0, 40) + "..." : text) + " is no " + Name);
        }

        /// <summary>Writes an element; integers of 64 bits as text, for readers whose numbers have fewer.</summary>
        public void Write(Utf8JsonWriter writer, object element)
        {
            if (IsReal)
            {
                WriteReal(writer, _toDouble(element));
            }
            else if (element is bool)
            {
                writer.WriteBooleanValue((bool)element);
            }
            else if (element is string || element is long || element is ulong)
            {
                writer.WriteStringValue(Text(element));
            }
            else
            {
                writer.WriteNumberValue(Convert.ToInt64(element, CultureInfo.InvariantCulture));
            }
        }

        private static void WriteReal(Utf8JsonWriter writer, double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value))
            {
                writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                writer.WriteNumberValue(value);
            }
        }

        /// <summary>An element for people.</summary>
        public string Text(object element)
        {
            return Convert.ToString(IsReal ? _toDouble(element) : element, CultureInfo.InvariantCulture);
        }
    }
}
