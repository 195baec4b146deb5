package modelrunner;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Carries session options over to ONNX Runtime. */
final class SessionSettings {
    /** Options of ONNX Runtime that its Java API does not have. */
    private static final Set<String> NOT_IN_JAVA = Set.of("enable_mem_reuse", "use_per_session_threads");

    private SessionSettings() {}

    static void apply(JsonObject given, SessionOptions options) throws SampleException {
        for (Map.Entry<String, JsonElement> option : given.entrySet()) {
            String said = "session option " + option.getKey() + "=" + Dtype.abridged(option.getValue());
            try {
                if (NOT_IN_JAVA.contains(option.getKey())) {
                    Sample.note("not used, ONNX Runtime's Java API does not have it: " + said);
                } else {
                    set(options, option.getKey(), option.getValue());
                }
            } catch (OrtException | RuntimeException error) { // Gson and Java have many for what is of another type
                throw new SampleException(said + ": " + error.getMessage(), error);
            }
        }
    }

    private static void set(SessionOptions options, String name, JsonElement value) throws OrtException {
        switch (name) {
            case "execution_mode" -> options.setExecutionMode(executionMode(value.getAsString()));
            case "graph_optimization_level" -> options.setOptimizationLevel(level(value.getAsString()));
            case "inter_op_num_threads" -> options.setInterOpNumThreads(whole(value));
            case "intra_op_num_threads" -> options.setIntraOpNumThreads(whole(value));
            case "enable_mem_pattern" -> options.setMemoryPatternOptimization(truth(value));
            case "enable_cpu_mem_arena" -> options.setCPUArenaAllocator(truth(value));
            case "use_deterministic_compute" -> options.setDeterministicCompute(truth(value));
            case "optimized_model_filepath" -> options.setOptimizedModelFilePath(value.getAsString());
            case "logid" -> options.setLoggerId(value.getAsString());
            case "log_severity_level" -> options.setSessionLogLevel(OrtLoggingLevel.mapFromInt(whole(value)));
            case "log_verbosity_level" -> options.setSessionLogVerbosityLevel(whole(value));
            case "enable_profiling" -> {
                if (truth(value)) {
                    options.enableProfiling("onnxruntime_profile_");
                }
            }
            case "extra_session_config" -> {
                for (Map.Entry<String, String> entry : Settings.texts(value.getAsJsonObject()).entrySet()) {
                    options.addConfigEntry(entry.getKey(), entry.getValue());
                }
            }
            default -> throw new IllegalArgumentException("there is no such option");
        }
    }

    private static int whole(JsonElement value) {
        return value.getAsBigDecimal().intValueExact();
    }

    private static boolean truth(JsonElement value) {
        return switch (value.getAsString()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        };
    }

    private static ExecutionMode executionMode(String text) {
        return switch (shortName(text)) {
            case "0", "SEQUENTIAL" -> ExecutionMode.SEQUENTIAL;
            case "1", "PARALLEL" -> ExecutionMode.PARALLEL;
            default -> throw new IllegalArgumentException("expected ORT_SEQUENTIAL or ORT_PARALLEL");
        };
    }

    private static OptLevel level(String text) {
        int id = switch (shortName(text)) {
            case "0", "DISABLE_ALL" -> 0;
            case "1", "ENABLE_BASIC" -> 1;
            case "2", "ENABLE_EXTENDED" -> 2;
            case "3", "ENABLE_LAYOUT" -> 3; // not in older releases
            case "99", "ENABLE_ALL" -> 99;
            default -> -1;
        };
        for (OptLevel level : OptLevel.values()) {
            if (level.getID() == id) {
                return level;
            }
        }
        throw new IllegalArgumentException("expected one of ORT_DISABLE_ALL, ORT_ENABLE_BASIC, ORT_ENABLE_EXTENDED,"
                + " ORT_ENABLE_LAYOUT, ORT_ENABLE_ALL");
    }

    private static String shortName(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        return upper.startsWith("ORT_") ? upper.substring(4) : upper;
    }
}
