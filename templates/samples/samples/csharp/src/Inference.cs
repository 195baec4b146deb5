using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;

namespace ModelSample
{
    /// <summary>One run of a session.</summary>
    internal static class Inference
    {
        /// <summary>The values of these outputs, in their order. An optional without a value is not fed.</summary>
        public static List<Value> Run(
            InferenceSession session, IReadOnlyDictionary<string, Value> inputs, IReadOnlyCollection<string> outputs)
        {
            var fed = new Dictionary<string, OrtValue>();
            try
            {
                foreach (var input in inputs)
                {
                    var optional = input.Value as Optional;
                    var value = optional == null ? input.Value : optional.Held;
                    if (value != null)
                    {
                        fed[input.Key] = ToOrt(value);
                    }
                }
                using (var options = new RunOptions())
                using (var results = session.Run(options, fed, outputs))
                {
                    return results.Select(FromOrt).ToList();
                }
            }
            catch (OnnxRuntimeException error)
            {
                throw new SampleError("cannot run the model: " + error.Message);
            }
            finally
            {
                foreach (var value in fed.Values)
                {
                    value.Dispose();
                }
            }
        }

        private static OrtValue ToOrt(Value value)
        {
            var sequence = value as Sequence;
            if (sequence != null)
            {
                return OrtValue.CreateSequence(sequence.Elements.Select(ToOrt).ToList());
            }
            var map = value as Map;
            if (map != null)
            {
                OrtValue keys = ToOrt(map.Keys), values = ToOrt(map.Values);
                return OrtValue.CreateMap(ref keys, ref values);
            }
            var tensor = (Tensor)value;
            return tensor.Data is string[] ? FromStrings(tensor) : FromNumbers(tensor);
        }

        private static OrtValue FromStrings(Tensor tensor)
        {
            var result = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, tensor.Shape);
            for (var index = 0; index < tensor.Data.Length; index++)
            {
                result.StringTensorSetElementAt(((string[])tensor.Data)[index].AsMemory(), index);
            }
            return result;
        }

        private static OrtValue FromNumbers(Tensor tensor)
        {
            var bytes = new byte[Buffer.ByteLength(tensor.Data)];
            Buffer.BlockCopy(tensor.Data, 0, bytes, 0, bytes.Length);
            var result = OrtValue.CreateAllocatedTensorValue(
                OrtAllocator.DefaultInstance, tensor.Type.Code, tensor.Shape);
            new ReadOnlySpan<byte>(bytes).CopyTo(result.GetTensorMutableRawData());
            return result;
        }

        private static Value FromOrt(OrtValue value)
        {
            switch (value.OnnxType)
            {
                case OnnxValueType.ONNX_TYPE_SEQUENCE:
                    return new Sequence(Members(value, value.GetValueCount()));
                case OnnxValueType.ONNX_TYPE_MAP:
                    var columns = Members(value, 2);
                    return new Map((Tensor)columns[0], (Tensor)columns[1]);
                default:
                    return FromTensor(value);
            }
        }

        private static List<Value> Members(OrtValue value, int count)
        {
            var members = new List<Value>();
            for (var index = 0; index < count; index++)
            {
                using (var member = value.GetValue(index, OrtAllocator.DefaultInstance))
                {
                    members.Add(FromOrt(member));
                }
            }
            return members;
        }

        private static Tensor FromTensor(OrtValue value)
        {
            var found = value.GetTensorTypeAndShape();
            var type = ElementType.Of(found.ElementDataType);
            if (type.Storage == typeof(string))
            {
                return new Tensor(type, found.Shape, value.GetStringTensorAsArray());
            }
            var bytes = value.GetTensorDataAsSpan<byte>().ToArray();
            var data = Array.CreateInstance(type.Storage, found.ElementCount);
            Buffer.BlockCopy(bytes, 0, data, 0, bytes.Length);
            return new Tensor(type, found.Shape, data);
        }
    }
}
