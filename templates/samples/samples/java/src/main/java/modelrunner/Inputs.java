package modelrunner;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads values for the model's inputs, in golden.json's form or as nested lists by name. */
final class Inputs {
    private static final int DEEPEST = 64;

    private Inputs() {}

    /** Tensors by input name; optional inputs may be missing. */
    static Map<String, Value.Tensor> read(JsonObject document, List<Argument> arguments) throws SampleException {
        Map<String, JsonElement> given = isGolden(document) ? byName(document) : document.asMap();
        for (String name : given.keySet()) {
            if (arguments.stream().noneMatch(argument -> argument.name().equals(name))) {
                throw new SampleException(
                        "the model has no input '" + SampleException.printable(name) + "', but " + arguments);
            }
        }
        Map<String, Value.Tensor> values = new LinkedHashMap<>();
        for (Argument argument : arguments) {
            JsonElement value = given.get(argument.name());
            Value.Tensor tensor = value == null ? null : convert(value, argument);
            if (tensor != null) {
                values.put(argument.name(), tensor);
            } else if (!argument.optional()) {
                throw new SampleException("there is no value for input " + argument);
            }
        }
        return values;
    }

    /** Whether a document has a list of described values, not lists of numbers by name. */
    private static boolean isGolden(JsonObject document) {
        JsonElement inputs = document.get("inputs");
        if (inputs == null || !inputs.isJsonArray()) {
            return false;
        }
        for (JsonElement input : inputs.getAsJsonArray()) {
            if (!input.isJsonObject() || !input.getAsJsonObject().has("kind")) {
                return false;
            }
        }
        return !inputs.getAsJsonArray().isEmpty() || document.has("format");
    }

    private static Map<String, JsonElement> byName(JsonObject document) throws SampleException {
        Map<String, JsonElement> found = new LinkedHashMap<>();
        for (JsonElement input : document.getAsJsonArray("inputs")) {
            found.put(Json.text(input.getAsJsonObject(), "name"), input);
        }
        return found;
    }

    private static Value.Tensor convert(JsonElement json, Argument argument) throws SampleException {
        if (!argument.gap().isEmpty() && !json.isJsonNull()) {
            throw new SampleException("input " + argument + ": " + argument.gap());
        }
        try {
            Value value = json.isJsonObject() ? Value.fromJson(json.getAsJsonObject()) : nested(json, argument);
            if (value instanceof Value.Optional optional && argument.optional()) {
                value = optional.value();
            }
            if (value == null) {
                return null;
            }
            if (value instanceof Value.Tensor tensor) {
                argument.check(tensor);
                return tensor;
            }
        } catch (SampleException | IllegalStateException | ArithmeticException error) {
            throw new SampleException("input " + argument + ": " + error.getMessage(), error);
        }
        throw new SampleException("input " + argument + ": expected a tensor, got " + Dtype.abridged(json));
    }

    private static Value.Tensor nested(JsonElement json, Argument argument) throws SampleException {
        if (json.isJsonNull() && argument.optional()) {
            return null;
        }
        List<Long> shape = new ArrayList<>();
        for (JsonElement level = json; level.isJsonArray(); level = level.getAsJsonArray().get(0)) {
            shape.add((long) level.getAsJsonArray().size());
            if (level.getAsJsonArray().isEmpty() || shape.size() > DEEPEST) {
                break;
            }
        }
        Dtype dtype = Dtype.named(argument.dtype());
        List<Object> data = new ArrayList<>();
        flatten(json, shape, 0, dtype, data);
        return new Value.Tensor(dtype, shape.stream().mapToLong(Long::longValue).toArray(), data);
    }

    private static void flatten(JsonElement json, List<Long> shape, int axis, Dtype dtype, List<Object> data)
            throws SampleException {
        if (axis == shape.size()) {
            data.add(dtype.fromJson(json));
            return;
        }
        if (!json.isJsonArray() || json.getAsJsonArray().size() != shape.get(axis)) {
            throw new SampleException("its lists are not of one length: " + Dtype.abridged(json));
        }
        JsonArray array = json.getAsJsonArray();
        for (JsonElement element : array) {
            flatten(element, shape, axis + 1, dtype, data);
        }
    }
}
