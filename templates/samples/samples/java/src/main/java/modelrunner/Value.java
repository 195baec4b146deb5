package modelrunner;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a model takes and returns, in the form of golden.json. */
sealed interface Value {
    /** The fields of the value in JSON, without its name. */
    JsonObject toJson();

    /** Elements in row-major order. */
    record Tensor(Dtype dtype, long[] shape, List<Object> data) implements Value {
        @Override
        public JsonObject toJson() {
            JsonObject object = kind("tensor");
            object.addProperty("dtype", dtype.toString());
            JsonArray sizes = new JsonArray();
            for (long size : shape) {
                sizes.add(size);
            }
            object.add("shape", sizes);
            object.add("data", elements(dtype, data));
            return object;
        }
    }

    /** Tensors or maps. */
    record Sequence(List<Value> elements) implements Value {
        @Override
        public JsonObject toJson() {
            JsonObject object = kind("sequence");
            JsonArray items = new JsonArray();
            elements.forEach(element -> items.add(element.toJson()));
            object.add("elements", items);
            return object;
        }
    }

    /** Entries in the order of their keys: ONNX Runtime gives them in none. */
    record Mapping(Dtype keyType, Dtype valueType, Map<Object, Object> entries) implements Value {
        @Override
        public JsonObject toJson() {
            JsonObject object = kind("map");
            object.addProperty("key_dtype", keyType.toString());
            object.addProperty("value_dtype", valueType.toString());
            object.add("keys", elements(keyType, entries.keySet()));
            object.add("values", elements(valueType, entries.values()));
            return object;
        }

        static Mapping of(Dtype keyType, Dtype valueType, Map<Object, Object> entries) {
            Map<Object, Object> sorted = new TreeMap<>(Mapping::compareKeys);
            sorted.putAll(entries);
            return new Mapping(keyType, valueType, sorted);
        }

        private static int compareKeys(Object one, Object other) {
            return one instanceof String text
                    ? text.compareTo((String) other)
                    : ((BigInteger) one).compareTo((BigInteger) other);
        }
    }

    /** An optional; its value is null where it has none. */
    record Optional(Value value) implements Value {
        @Override
        public JsonObject toJson() {
            JsonObject object = kind("optional");
            object.add("value", value == null ? null : value.toJson());
            return object;
        }
    }

    private static JsonObject kind(String kind) {
        JsonObject object = new JsonObject();
        object.addProperty("kind", kind);
        return object;
    }

    private static JsonArray elements(Dtype dtype, Iterable<Object> values) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(dtype.toJson(value)));
        return array;
    }

    /** Reads what toJson makes. */
    static Value fromJson(JsonObject object) throws SampleException {
        String kind = Json.text(object, "kind");
        switch (kind) {
            case "tensor":
                return tensor(object);
            case "sequence":
                List<Value> items = new ArrayList<>();
                for (JsonElement element : Json.array(object, "elements")) {
                    items.add(fromJson(element.getAsJsonObject()));
                }
                return new Sequence(items);
            case "map":
                return mapping(object);
            case "optional":
                JsonElement inner = Json.member(object, "value");
                return new Optional(inner == null ? null : fromJson(inner.getAsJsonObject()));
            default:
                throw new SampleException("there are no values of the kind " + SampleException.printable(kind));
        }
    }

    private static Tensor tensor(JsonObject object) throws SampleException {
        Dtype dtype = Dtype.named(Json.text(object, "dtype"));
        JsonArray sizes = Json.array(object, "shape");
        long[] shape = new long[sizes.size()];
        long count = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = ((Number) Dtype.UINT32.fromJson(sizes.get(axis))).longValue();
            count = Math.multiplyExact(count, shape[axis]);
        }
        List<Object> data = list(dtype, Json.array(object, "data"));
        if (data.size() != count) {
            throw new SampleException("the shape " + sizes + " needs " + count + " elements, there are " + data.size());
        }
        return new Tensor(dtype, shape, data);
    }

    private static Mapping mapping(JsonObject object) throws SampleException {
        Dtype keyType = Dtype.named(Json.text(object, "key_dtype"));
        Dtype valueType = Dtype.named(Json.text(object, "value_dtype"));
        List<Object> keys = list(keyType, Json.array(object, "keys"));
        List<Object> values = list(valueType, Json.array(object, "values"));
        if (keys.size() != values.size()) {
            throw new SampleException(keys.size() + " keys and " + values.size() + " values");
        }
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (int index = 0; index < keys.size(); index++) {
            entries.put(keys.get(index), values.get(index));
        }
        return Mapping.of(keyType, valueType, entries);
    }

    private static List<Object> list(Dtype dtype, JsonArray array) throws SampleException {
        List<Object> values = new ArrayList<>(array.size());
        for (JsonElement element : array) {
            values.add(dtype.fromJson(element));
        }
        return values;
    }
}
