package modelrunner;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The command line. What was not given is null. */
record Options(
        Path model, Path config, Path inputs, Path customOps, boolean check, boolean allowFallback, boolean help) {
    static final String USAGE = """
            usage: java -jar target/sample.jar [options]

            Run the model with ONNX Runtime and print what it returns as JSON.

              --model PATH      another ONNX file with the same inputs and outputs
              --config FILE     settings to use instead of the inference_config.json beside the model
              --inputs FILE     values in JSON: nested lists by input name, or in golden.json's form
              --check           compare what the golden inputs give with the golden outputs
              --allow-fallback  go on where the execution provider asked for cannot be used
              --custom-ops LIB  library of custom operators; also the variable MODEL_CUSTOM_OPS
              --help            print this
            """;

    static final String CUSTOM_OPS_VARIABLE = "MODEL_CUSTOM_OPS";

    private static final List<String> WITH_VALUE = List.of("--model", "--config", "--inputs", "--custom-ops");
    private static final Set<String> FLAGS = Set.of("--check", "--allow-fallback", "--help");

    /** Throws IllegalArgumentException for what is no option. */
    static Options parse(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int index = 0; index < arguments.length; index++) {
            String[] parts = arguments[index].split("=", 2);
            if (FLAGS.contains(arguments[index])) {
                given.put(arguments[index], "");
            } else if (!WITH_VALUE.contains(parts[0])) {
                throw new IllegalArgumentException("there is no option " + arguments[index]);
            } else if (parts.length == 2) {
                given.put(parts[0], parts[1]);
            } else if (++index < arguments.length) {
                given.put(parts[0], arguments[index]);
            } else {
                throw new IllegalArgumentException(parts[0] + " needs a value");
            }
        }
        return new Options(
                path(given.get("--model")),
                path(given.get("--config")),
                path(given.get("--inputs")),
                path(given.getOrDefault("--custom-ops", variable())),
                given.containsKey("--check"),
                given.containsKey("--allow-fallback"),
                given.containsKey("--help"));
    }

    private static String variable() {
        String value = System.getenv(CUSTOM_OPS_VARIABLE);
        return value == null || value.isEmpty() ? null : value;
    }

    private static Path path(String text) {
        return text == null ? null : Path.of(text);
    }
}
