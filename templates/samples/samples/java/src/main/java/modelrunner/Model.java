package modelrunner;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtUtil;
import com.google.gson.JsonPrimitive;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The model in a session of ONNX Runtime. */
final class Model implements AutoCloseable {
    private final OrtEnvironment environment;
    private final OrtSession session;

    private Model(OrtEnvironment environment, OrtSession session) {
        this.environment = environment;
        this.session = session;
    }

    static Model open(Path path, Settings settings, Options given) throws SampleException {
        if (!Files.isRegularFile(path)) {
            throw new SampleException("there is no model file " + path);
        }
        // Real models cause hundreds of warnings.
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            for (String name : settings.unused()) {
                Sample.note("not used, ONNX Runtime's Java API does not have it: " + name);
            }
            SessionSettings.apply(settings.sessionOptions(), options);
            if (given.customOps() != null) {
                register(given.customOps(), options);
            }
            Providers.add(settings.providers(), options, given.allowFallback());
            return new Model(environment, environment.createSession(path.toString(), options));
        } catch (OrtException error) {
            throw new SampleException("cannot load " + path + ": " + error.getMessage(), error);
        }
    }

    private static void register(Path library, OrtSession.SessionOptions options) throws SampleException {
        try {
            options.registerCustomOpLibrary(library.toString());
        } catch (OrtException error) {
            throw new SampleException("cannot register " + library + ": " + error.getMessage(), error);
        }
    }

    /** Runs the model and returns those of its outputs that the Java API can read, in their order. */
    Map<String, Value> run(Map<String, Value.Tensor> inputs, List<Argument> outputs) throws SampleException {
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>();
        outputs.stream().filter(output -> output.gap().isEmpty()).forEach(output -> names.add(output.name()));
        if (names.isEmpty()) {
            throw new SampleException(
                    "this program cannot run this model because ONNX Runtime's Java API can read none of its outputs");
        }
        try {
            for (Map.Entry<String, Value.Tensor> input : inputs.entrySet()) {
                feeds.put(input.getKey(), feed(input.getKey(), input.getValue()));
            }
            try (OrtSession.Result result = session.run(feeds, names)) {
                Map<String, Value> values = new LinkedHashMap<>();
                for (Argument output : outputs) {
                    if (names.contains(output.name())) {
                        Value value = read(result.get(output.name()).orElseThrow());
                        values.put(output.name(), output.optional() ? new Value.Optional(value) : value);
                    }
                }
                return values;
            }
        } catch (OrtException error) {
            throw new SampleException("the model does not run: " + error.getMessage(), error);
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor feed(String name, Value.Tensor tensor) throws OrtException, SampleException {
        Dtype dtype = tensor.dtype();
        if (dtype.made == OnnxJavaType.UNKNOWN) {
            throw new SampleException("input '" + SampleException.printable(name)
                    + "': ONNX Runtime's Java API makes no tensors of " + dtype);
        }
        if (dtype == Dtype.STRING) {
            String[] texts = tensor.data().toArray(String[]::new);
            for (String text : texts) {
                checkText(name, text);
            }
            return OnnxTensor.createTensor(environment, texts, tensor.shape());
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.multiplyExact(tensor.data().size(), dtype.size));
        buffer.order(ByteOrder.nativeOrder());
        tensor.data().forEach(value -> dtype.put(buffer, value));
        return OnnxTensor.createTensor(environment, buffer.rewind(), tensor.shape(), dtype.made);
    }

    private static void checkText(String name, String text) throws SampleException {
        if (text.chars().anyMatch(c -> c == 0 || Character.isSurrogate((char) c))) {
            throw new SampleException("input '" + SampleException.printable(name) + "': ONNX Runtime's Java API damages"
                    + " texts with U+0000 or a character beyond U+FFFF: " + Dtype.abridged(new JsonPrimitive(text)));
        }
    }

    private static Value read(OnnxValue value) throws OrtException, SampleException {
        if (value instanceof OnnxTensor tensor) {
            return readTensor(tensor);
        }
        if (value instanceof OnnxMap map) {
            Map<Object, Object> entries = new HashMap<>();
            map.getValue().forEach((key, item) -> entries.put(Dtype.kept(key), Dtype.kept(item)));
            return Value.Mapping.of(Dtype.of(map.getInfo().keyType), Dtype.of(map.getInfo().valueType), entries);
        }
        if (value instanceof OnnxSequence sequence) {
            List<Value> elements = new ArrayList<>();
            if (sequence.getInfo().length > 0) { // an empty one has no type, and getValue refuses it
                for (OnnxValue element : sequence.getValue()) {
                    try (element) {
                        elements.add(read(element));
                    }
                }
            }
            return new Value.Sequence(elements);
        }
        throw new SampleException("ONNX Runtime's Java API returned " + value.getType());
    }

    private static Value.Tensor readTensor(OnnxTensor tensor) throws OrtException, SampleException {
        Dtype dtype = Dtype.of(tensor.getInfo().onnxType);
        long[] shape = tensor.getInfo().getShape();
        if (dtype == Dtype.STRING) {
            Object found = tensor.getValue();
            String[] texts = found instanceof String text ? new String[] {text} : OrtUtil.flattenString(found);
            return new Value.Tensor(dtype, shape, Arrays.asList((Object[]) texts));
        }
        ByteBuffer buffer = tensor.getByteBuffer();
        List<Object> data = new ArrayList<>(buffer.remaining() / dtype.size);
        while (buffer.hasRemaining()) {
            data.add(dtype.get(buffer));
        }
        return new Value.Tensor(dtype, shape, data);
    }

    @Override
    public void close() throws SampleException {
        try {
            session.close();
        } catch (OrtException error) {
            throw new SampleException("cannot close the session: " + error.getMessage(), error);
        }
    }
}
