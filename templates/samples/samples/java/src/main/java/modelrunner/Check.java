package modelrunner;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Compares outputs with golden ones. */
final class Check {
    private final double absolute;
    private final double relative;
    private final boolean stable;

    private Check(JsonObject golden) {
        JsonObject tolerance = golden.getAsJsonObject("tolerance");
        absolute = tolerance == null ? 0 : tolerance.get("absolute").getAsDouble();
        relative = tolerance == null ? 0 : tolerance.get("relative").getAsDouble();
        stable = !golden.has("stable") || golden.get("stable").getAsBoolean();
    }

    /** Throws a SampleException that names the first difference. */
    static void outputs(JsonObject golden, Map<String, Value> outputs, List<Argument> arguments)
            throws SampleException {
        int compared = 0;
        for (JsonElement element : Json.array(golden, "outputs")) {
            JsonObject expected = element.getAsJsonObject();
            String name = Json.text(expected, "name");
            String label = "output '" + SampleException.printable(name) + "'";
            if (outputs.containsKey(name)) {
                try {
                    new Check(expected).values(label, outputs.get(name), Value.fromJson(expected));
                } catch (RuntimeException error) { // Gson has many for what is of another type
                    throw new SampleException("the golden " + label + " is malformed: " + error.getMessage(), error);
                }
                compared++;
            } else if (arguments.stream().noneMatch(one -> one.name().equals(name) && !one.gap().isEmpty())) {
                throw new SampleException("check failed: there is no " + label);
            }
        }
        if (compared < outputs.size()) {
            throw new SampleException("check failed: " + outputs.size() + " outputs, " + compared + " golden ones");
        }
    }

    private void values(String where, Value found, Value golden) throws SampleException {
        if (found instanceof Value.Tensor one && golden instanceof Value.Tensor other) {
            tensors(where, one, other);
        } else if (found instanceof Value.Sequence one && golden instanceof Value.Sequence other) {
            same(where + " has another length", one.elements().size(), other.elements().size());
            for (int index = 0; index < one.elements().size(); index++) {
                values(where + "[" + index + "]", one.elements().get(index), other.elements().get(index));
            }
        } else if (found instanceof Value.Mapping one && golden instanceof Value.Mapping other) {
            mappings(where, one, other);
        } else if (found instanceof Value.Optional one && golden instanceof Value.Optional other) {
            same(where + " with a value", one.value() != null, other.value() != null);
            if (one.value() != null) {
                values(where, one.value(), other.value());
            }
        } else {
            same(where + " is of another kind", found.getClass().getSimpleName(), golden.getClass().getSimpleName());
        }
    }

    private void tensors(String where, Value.Tensor found, Value.Tensor golden) throws SampleException {
        same(where + " has another element type", found.dtype(), golden.dtype());
        same(where + " has another shape", Arrays.toString(found.shape()), Arrays.toString(golden.shape()));
        for (int index = 0; index < found.data().size(); index++) {
            if (!matches(found.data().get(index), golden.data().get(index))) {
                same(where + place(index, found.shape()), found.data().get(index), golden.data().get(index));
            }
        }
    }

    private void mappings(String where, Value.Mapping found, Value.Mapping golden) throws SampleException {
        same(where + " has another type of keys", found.keyType(), golden.keyType());
        same(where + " has another type of values", found.valueType(), golden.valueType());
        same(where + " has other keys", found.entries().keySet(), golden.entries().keySet());
        for (Object key : found.entries().keySet()) {
            Object one = found.entries().get(key);
            Object other = golden.entries().get(key);
            if (!matches(one, other)) {
                same(where + "[" + Json.write(found.keyType().toJson(key)) + "]", one, other);
            }
        }
    }

    private boolean matches(Object found, Object golden) {
        if (!stable || found.equals(golden)) { // NaN and infinities equal themselves
            return true;
        }
        if (!(found instanceof Number one) || !(golden instanceof Number other)) {
            return false;
        }
        double difference = Math.abs(one.doubleValue() - other.doubleValue());
        return (found instanceof Double || absolute > 0 || relative > 0)
                && difference <= absolute + relative * Math.abs(other.doubleValue())
                && !Double.isInfinite(other.doubleValue());
    }

    private static String place(long index, long[] shape) {
        long[] place = new long[shape.length];
        long rest = index;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            place[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return Arrays.toString(place);
    }

    private static void same(String what, Object found, Object golden) throws SampleException {
        if (!found.equals(golden)) {
            String difference = what + ": got " + found + ", expected " + golden;
            throw new SampleException("check failed: " + SampleException.printable(difference));
        }
    }
}
