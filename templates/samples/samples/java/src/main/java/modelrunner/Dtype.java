package modelrunner;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import ai.onnxruntime.platform.Fp16Conversions;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Element types that ONNX Runtime's Java API can read.
 *
 * <p>Floats of every width are Double here, integers BigInteger, the others Boolean and String.
 */
enum Dtype {
    FLOAT32(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, OnnxJavaType.FLOAT, 4),
    FLOAT64(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, OnnxJavaType.DOUBLE, 8),
    FLOAT16(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, OnnxJavaType.FLOAT16, 2),
    BFLOAT16(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, OnnxJavaType.BFLOAT16, 2),
    INT8(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, OnnxJavaType.INT8, 1),
    INT16(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, OnnxJavaType.INT16, 2),
    INT32(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, OnnxJavaType.INT32, 4),
    INT64(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, OnnxJavaType.INT64, 8),
    UINT8(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, OnnxJavaType.UINT8, 1),
    UINT16(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, OnnxJavaType.UNKNOWN, 2),
    UINT32(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, OnnxJavaType.UNKNOWN, 4),
    UINT64(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, OnnxJavaType.UNKNOWN, 8),
    BOOL(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, OnnxJavaType.BOOL, 1),
    STRING(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, OnnxJavaType.STRING, 0);

    private static final BigInteger LARGEST_UINT64 = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private final OnnxTensorType onnxType;

    /** What a tensor of this type is made as; UNKNOWN where the API makes none. */
    final OnnxJavaType made;

    /** Bytes of an element; 0 for strings, which are not in buffers. */
    final int size;

    Dtype(OnnxTensorType onnxType, OnnxJavaType made, int size) {
        this.onnxType = onnxType;
        this.made = made;
        this.size = size;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of this name, as in float32. */
    static Dtype named(String name) throws SampleException {
        for (Dtype dtype : values()) {
            if (dtype.toString().equals(name)) {
                return dtype;
            }
        }
        throw new SampleException("ONNX Runtime's Java API has no elements of type " + SampleException.printable(name));
    }

    static Dtype of(OnnxTensorType type) throws SampleException {
        for (Dtype dtype : values()) {
            if (dtype.onnxType == type) {
                return dtype;
            }
        }
        throw new SampleException("ONNX Runtime's Java API has no elements of type " + type);
    }

    /** The type of what a map holds. */
    static Dtype of(OnnxJavaType type) throws SampleException {
        for (Dtype dtype : values()) {
            if (dtype.made == type && type != OnnxJavaType.UNKNOWN) {
                return dtype;
            }
        }
        throw new SampleException("ONNX Runtime's Java API has no elements of type " + type);
    }

    /** What the API gives for an element of a map, as this program keeps it. */
    static Object kept(Object value) {
        if (value instanceof Long number) {
            return BigInteger.valueOf(number);
        }
        return value instanceof Float number ? (Object) number.doubleValue() : value;
    }

    private boolean isFloat() {
        return ordinal() <= BFLOAT16.ordinal();
    }

    private boolean isUnsigned() {
        return this == UINT8 || this == UINT16 || this == UINT32 || this == UINT64;
    }

    /** An element of this type from JSON. 64-bit integers may be texts; so may what JSON has no number for. */
    Object fromJson(JsonElement json) throws SampleException {
        if (json.isJsonPrimitive()) {
            JsonPrimitive value = json.getAsJsonPrimitive();
            if (this == BOOL && value.isBoolean()) {
                return value.getAsBoolean();
            }
            if (this == STRING && value.isString()) {
                return value.getAsString();
            }
            if (this != BOOL && this != STRING && !value.isBoolean()) {
                return isFloat() ? real(value) : integer(value);
            }
        }
        throw new SampleException("expected " + this + ", got " + abridged(json));
    }

    private Double real(JsonPrimitive value) throws SampleException {
        if (value.isString()) {
            return switch (value.getAsString()) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw new SampleException("expected " + this + ", got " + abridged(value));
            };
        }
        double rounded = narrowed(value.getAsDouble());
        if (Double.isInfinite(rounded)) {
            throw new SampleException(abridged(value) + " is beyond the range of " + this);
        }
        return rounded;
    }

    private double narrowed(double number) {
        return switch (this) {
            case FLOAT16 -> Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16((float) number));
            case BFLOAT16 -> Fp16Conversions.bf16ToFloat(Fp16Conversions.floatToBf16((float) number));
            case FLOAT32 -> (float) number;
            default -> number;
        };
    }

    private BigInteger integer(JsonPrimitive value) throws SampleException {
        try {
            BigDecimal number = new BigDecimal(value.getAsString());
            if (number.precision() - number.scale() <= 20) { // more digits than 64 bits have would take long to expand
                BigInteger whole = number.toBigIntegerExact();
                int bits = 8 * size - (isUnsigned() ? 0 : 1); // without the sign
                if (whole.bitLength() <= bits && !(isUnsigned() && whole.signum() < 0)) {
                    return whole;
                }
            }
        } catch (ArithmeticException | NumberFormatException error) {
            throw new SampleException("expected " + this + ", got " + abridged(value), error);
        }
        throw new SampleException(abridged(value) + " is beyond the range of " + this);
    }

    static String abridged(JsonElement json) {
        String text = Json.write(json);
        return SampleException.printable(text.length() > 60 ? text.substring(0, 60) + "..." : text);
    }

    /** An element as JSON: as it is read. */
    JsonPrimitive toJson(Object value) {
        if (value instanceof Double number) {
            boolean finite = !number.isNaN() && !number.isInfinite();
            return finite ? new JsonPrimitive(number) : new JsonPrimitive(number.toString());
        }
        if (value instanceof BigInteger number) {
            return size == 8 ? new JsonPrimitive(number.toString()) : new JsonPrimitive(number);
        }
        return value instanceof Boolean truth ? new JsonPrimitive(truth) : new JsonPrimitive((String) value);
    }

    /** Puts an element into a buffer; not for strings. */
    void put(ByteBuffer buffer, Object value) {
        switch (this) {
            case FLOAT32 -> buffer.putFloat(((Double) value).floatValue());
            case FLOAT64 -> buffer.putDouble((Double) value);
            case FLOAT16 -> buffer.putShort(Fp16Conversions.floatToFp16(((Double) value).floatValue()));
            case BFLOAT16 -> buffer.putShort(Fp16Conversions.floatToBf16(((Double) value).floatValue()));
            case BOOL -> buffer.put((byte) ((Boolean) value ? 1 : 0));
            case INT8, UINT8 -> buffer.put(((BigInteger) value).byteValue());
            case INT16, UINT16 -> buffer.putShort(((BigInteger) value).shortValue());
            case INT32, UINT32 -> buffer.putInt(((BigInteger) value).intValue());
            case INT64, UINT64 -> buffer.putLong(((BigInteger) value).longValue());
            case STRING -> throw new IllegalArgumentException("strings are not in buffers");
        }
    }

    /** Takes the next element out of a buffer; not for strings. */
    Object get(ByteBuffer buffer) {
        return switch (this) {
            case FLOAT32 -> (double) buffer.getFloat();
            case FLOAT64 -> buffer.getDouble();
            case FLOAT16 -> (double) Fp16Conversions.fp16ToFloat(buffer.getShort());
            case BFLOAT16 -> (double) Fp16Conversions.bf16ToFloat(buffer.getShort());
            case BOOL -> buffer.get() != 0;
            case INT8 -> BigInteger.valueOf(buffer.get());
            case INT16 -> BigInteger.valueOf(buffer.getShort());
            case INT32 -> BigInteger.valueOf(buffer.getInt());
            case INT64 -> BigInteger.valueOf(buffer.getLong());
            case UINT8 -> BigInteger.valueOf(Byte.toUnsignedInt(buffer.get()));
            case UINT16 -> BigInteger.valueOf(Short.toUnsignedInt(buffer.getShort()));
            case UINT32 -> BigInteger.valueOf(Integer.toUnsignedLong(buffer.getInt()));
            case UINT64 -> BigInteger.valueOf(buffer.getLong()).and(LARGEST_UINT64);
            case STRING -> throw new IllegalArgumentException("strings are not in buffers");
        };
    }
}
