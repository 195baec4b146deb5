package modelrunner;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What inference_config.json says.
 *
 * @param providers execution providers in order of preference
 * @param sessionOptions session options that are not null
 * @param unused what it asks for and ONNX Runtime's Java API does not have
 */
record Settings(List<Provider> providers, JsonObject sessionOptions, List<String> unused) {
    /** An execution provider and its options. */
    record Provider(String name, Map<String, String> options) {
        /** From the JSON of the options. */
        static Provider of(String name, String options) {
            return new Provider(name, texts(Json.parseObject(options)));
        }
    }

    private static final List<String> NOT_IN_JAVA = List.of("io_bind", "tuning_op_result");

    /** Reads the file; {@code defaults} are used where it names no providers, or is not there. */
    static Settings read(Path path, List<Provider> defaults, boolean optional) throws SampleException {
        if (optional && Files.notExists(path)) {
            return new Settings(defaults, new JsonObject(), List.of());
        }
        JsonObject document = Json.readFile(path);
        try {
            List<Provider> providers = providers(document);
            return new Settings(providers.isEmpty() ? defaults : providers, sessionOptions(document), unused(document));
        } catch (SampleException | IllegalStateException error) {
            throw new SampleException(path + ": " + error.getMessage(), error);
        }
    }

    private static JsonObject sessionOptions(JsonObject document) throws SampleException {
        JsonElement given = Json.member(document, "session_options");
        if (given == null) {
            return new JsonObject();
        }
        if (!given.isJsonObject()) {
            throw new SampleException("session_options cannot be " + Dtype.abridged(given));
        }
        JsonObject options = given.getAsJsonObject();
        options.entrySet().removeIf(entry -> entry.getValue().isJsonNull());
        return options;
    }

    private static List<String> unused(JsonObject document) {
        return NOT_IN_JAVA.stream()
                .filter(name -> !List.of("null", "false", "[]").contains(Json.write(document.get(name))))
                .toList();
    }

    /** Names with a parallel list of options, or pairs of the two. */
    private static List<Provider> providers(JsonObject document) throws SampleException {
        JsonElement names = Json.member(document, "execution_provider");
        JsonElement options = Json.member(document, "provider_options");
        JsonArray entries = names == null ? new JsonArray() : listOf(names, "execution_provider");
        JsonArray parallel = options == null ? new JsonArray() : listOf(options, "provider_options");
        if (names != null && parallel.size() > entries.size()) {
            throw new SampleException("there are more provider_options than providers");
        }
        List<Provider> providers = new ArrayList<>();
        for (int index = 0; index < entries.size(); index++) {
            JsonElement entry = entries.get(index);
            JsonArray pair = entry.isJsonArray() ? entry.getAsJsonArray() : new JsonArray();
            if (!entry.isJsonArray()) {
                pair.add(entry);
                pair.add(index < parallel.size() ? parallel.get(index) : null);
            }
            providers.add(provider(pair));
        }
        return providers;
    }

    private static JsonArray listOf(JsonElement element, String name) throws SampleException {
        if (!element.isJsonArray()) {
            throw new SampleException(name + " cannot be " + Dtype.abridged(element));
        }
        return element.getAsJsonArray();
    }

    private static Provider provider(JsonArray pair) throws SampleException {
        boolean named = !pair.isEmpty() && pair.get(0).isJsonPrimitive() && pair.get(0).getAsJsonPrimitive().isString();
        JsonElement options = pair.size() > 1 && !pair.get(1).isJsonNull() ? pair.get(1) : new JsonObject();
        if (!named || !options.isJsonObject()) {
            throw new SampleException("not a provider and its options: " + Dtype.abridged(pair));
        }
        return new Provider(pair.get(0).getAsString(), texts(options.getAsJsonObject()));
    }

    /** Options as ONNX Runtime takes them: all text, truth values as 1 and 0, nulls left out. */
    static Map<String, String> texts(JsonObject options) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> option : options.entrySet()) {
            JsonElement value = option.getValue();
            if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean()) {
                texts.put(option.getKey(), value.getAsBoolean() ? "1" : "0");
            } else if (!value.isJsonNull()) {
                texts.put(option.getKey(), value.isJsonPrimitive() ? value.getAsString() : Json.write(value));
            }
        }
        return texts;
    }
}
