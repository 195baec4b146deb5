package modelrunner;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.NNAPIFlags;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** Adds execution providers to session options. */
final class Providers {
    private Providers() {}

    /**
     * Adds those that this ONNX Runtime has, in order of preference.
     *
     * <p>The first one must be among them, unless falling back is allowed.
     */
    static void add(List<Settings.Provider> providers, SessionOptions options, boolean allowFallback)
            throws SampleException {
        for (Settings.Provider wanted : providers) {
            try {
                addOne(available(wanted.name()), wanted.options(), options);
            } catch (SampleException | OrtException | IllegalArgumentException | UnsatisfiedLinkError error) {
                String message = wanted.name() + " cannot be used: " + error.getMessage();
                if (wanted == providers.get(0) && !allowFallback) {
                    throw new SampleException(message + "\nUse an ONNX Runtime that has it and correct the set-up of"
                            + " its device, or pass --allow-fallback.", error);
                }
                Sample.note(message);
            }
        }
    }

    private static OrtProvider available(String name) throws SampleException {
        for (OrtProvider provider : OrtEnvironment.getAvailableProviders()) {
            if (provider.getName().equalsIgnoreCase(name)) { // Olive and ONNX Runtime spell some of them differently
                return provider;
            }
        }
        List<String> names = OrtEnvironment.getAvailableProviders().stream().map(OrtProvider::getName).toList();
        throw new SampleException("it is not in this ONNX Runtime, which has " + String.join(", ", names));
    }

    private static void addOne(OrtProvider provider, Map<String, String> given, SessionOptions options)
            throws OrtException, SampleException {
        switch (provider) {
            case CPU -> options.addCPU(!isZero(given.get("use_arena")));
            case DNNL -> options.addDnnl(!isZero(given.get("use_arena")));
            case ACL -> options.addACL(!isZero(given.getOrDefault("enable_fast_math", "0")));
            case ROCM -> options.addROCM(number(given, "device_id"));
            case DIRECT_ML -> options.addDirectML(number(given, "device_id"));
            case OPEN_VINO -> options.addOpenVINO(given.getOrDefault("device_type", "CPU"));
            case NNAPI -> options.addNnapi(EnumSet.noneOf(NNAPIFlags.class));
            case CORE_ML -> options.addCoreML(given);
            case XNNPACK -> options.addXnnpack(given);
            case QNN -> options.addQnn(given);
            case WEBGPU -> options.addWebGPU(given);
            case CUDA -> {
                try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
                    for (Map.Entry<String, String> option : given.entrySet()) {
                        cuda.add(option.getKey(), option.getValue());
                    }
                    options.addCUDA(cuda);
                }
            }
            case TENSOR_RT -> {
                try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions()) {
                    for (Map.Entry<String, String> option : given.entrySet()) {
                        tensorRt.add(option.getKey(), option.getValue());
                    }
                    options.addTensorrt(tensorRt);
                }
            }
            default -> throw new SampleException("ONNX Runtime's Java API has no call that adds it");
        }
    }

    private static boolean isZero(String value) {
        return "0".equals(value) || "false".equalsIgnoreCase(value);
    }

    private static int number(Map<String, String> given, String name) throws SampleException {
        try {
            return Integer.parseInt(given.getOrDefault(name, "0"));
        } catch (NumberFormatException error) {
            throw new SampleException(name + " is no number: " + given.get(name), error);
        }
    }
}
