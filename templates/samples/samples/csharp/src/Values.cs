using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace ModelSample
{
    /// <summary>What a model takes or returns: a tensor, a sequence, a map or an optional.</summary>
    internal abstract class Value
    {
        public abstract string Kind { get; }

        /// <summary>Writes an object of the form of golden.json.</summary>
        public void Write(Utf8JsonWriter writer, string name = null)
        {
            writer.WriteStartObject();
            if (name != null)
            {
                writer.WriteString("name", name);
            }
            writer.WriteString("kind", Kind);
            WriteFields(writer);
            writer.WriteEndObject();
        }

        protected abstract void WriteFields(Utf8JsonWriter writer);
    }

    internal sealed class Tensor : Value
    {
        public readonly ElementType Type;
        public readonly long[] Shape;

        /// <summary>The elements in row-major order, in an array of Type.Storage.</summary>
        public readonly Array Data;

        public Tensor(ElementType type, long[] shape, Array data)
        {
            Type = type;
            Shape = shape;
            Data = data;
        }

        /// <summary>A tensor of elements from JSON.</summary>
        public static Tensor Read(ElementType type, long[] shape, IReadOnlyList<JsonElement> elements)
        {
            var size = shape.Aggregate(1.0, (product, length) => product * length);
            if (size != elements.Count || shape.Any(length => length < 0))
            {
                throw new SampleError("the shape " + ShapeText(shape) + " does not fit " + elements.Count + " elements");
            }
            var data = Array.CreateInstance(type.Storage, elements.Count);
            for (var index = 0; index < elements.Count; index++)
            {
                data.SetValue(type.Read(elements[index]), index);
            }
            return new Tensor(type, shape, data);
        }

        public static string ShapeText(IEnumerable<long> shape)
        {
            return "[" + string.Join(", ", shape) + "]";
        }

        public override string Kind
        {
            get { return "tensor"; }
        }

        protected override void WriteFields(Utf8JsonWriter writer)
        {
            writer.WriteString("dtype", Type.Name);
            writer.WriteStartArray("shape");
            foreach (var length in Shape)
            {
                writer.WriteNumberValue(length);
            }
            writer.WriteEndArray();
            WriteElements(writer, "data");
        }

        public void WriteElements(Utf8JsonWriter writer, string field)
        {
            writer.WriteStartArray(field);
            foreach (var element in Data)
            {
                Type.Write(writer, element);
            }
            writer.WriteEndArray();
        }
    }

    internal sealed class Sequence : Value
    {
        public readonly IReadOnlyList<Value> Elements;

        public Sequence(IReadOnlyList<Value> elements)
        {
            Elements = elements;
        }

        public override string Kind
        {
            get { return "sequence"; }
        }

        protected override void WriteFields(Utf8JsonWriter writer)
        {
            writer.WriteStartArray("elements");
            foreach (var element in Elements)
            {
                element.Write(writer);
            }
            writer.WriteEndArray();
        }
    }

    /// <summary>Keys and values are tensors of one dimension, in the same order.</summary>
    internal sealed class Map : Value
    {
        public readonly Tensor Keys;
        public readonly Tensor Values;

        public Map(Tensor keys, Tensor values)
        {
            if (keys.Data.Length != values.Data.Length)
            {
                throw new SampleError(keys.Data.Length + " keys for " + values.Data.Length + " values");
            }
            Keys = keys;
            Values = values;
        }

        public override string Kind
        {
            get { return "map"; }
        }

        protected override void WriteFields(Utf8JsonWriter writer)
        {
            writer.WriteString("key_dtype", Keys.Type.Name);
            writer.WriteString("value_dtype", Values.Type.Name);
            Keys.WriteElements(writer, "keys");
            Values.WriteElements(writer, "values");
        }
    }

    internal sealed class Optional : Value
    {
        /// <summary>What it holds, or null.</summary>
        public readonly Value Held;

        public Optional(Value held)
        {
            Held = held;
        }

        public override string Kind
        {
            get { return "optional"; }
        }

        protected override void WriteFields(Utf8JsonWriter writer)
        {
            if (Held == null)
            {
                writer.WriteNull("value");
            }
            else
            {
                writer.WritePropertyName("value");
                Held.Write(writer);
            }
        }
    }
}
