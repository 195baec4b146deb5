package modelrunner;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes JSON. */
final class Json {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().setStrictness(Strictness.STRICT).create();

    private Json() {}

    static JsonObject readFile(Path path) throws SampleException {
        String text;
        try {
            // Not Files.readString: bytes that are no UTF-8 become marks, and the text still parses or fails as JSON.
            text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new SampleException("cannot read " + path + ": " + error, error);
        }
        try {
            return parseObject(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (JsonParseException | StackOverflowError error) {
            throw new SampleException(path + " holds no JSON object: " + error.getMessage(), error);
        }
    }

    /** Throws JsonParseException where the text is no JSON object. */
    static JsonObject parseObject(String text) {
        JsonObject object = GSON.fromJson(text, JsonObject.class);
        if (object == null) {
            throw new JsonParseException("it is empty");
        }
        return object;
    }

    static String write(JsonElement element) {
        return element == null ? "null" : GSON.toJson(element);
    }

    /** A member of an object; null where it is missing or null. */
    static JsonElement member(JsonObject object, String name) {
        JsonElement found = object.get(name);
        return found == null || found.isJsonNull() ? null : found;
    }

    static String text(JsonObject object, String name) throws SampleException {
        JsonElement found = member(object, name);
        if (found == null || !found.isJsonPrimitive() || !found.getAsJsonPrimitive().isString()) {
            throw new SampleException("\"" + name + "\" is not a text but " + write(found));
        }
        return found.getAsString();
    }

    static JsonArray array(JsonObject object, String name) throws SampleException {
        JsonElement found = member(object, name);
        if (found == null || !found.isJsonArray()) {
            throw new SampleException("\"" + name + "\" is not a list but " + write(found));
        }
        return found.getAsJsonArray();
    }
}
