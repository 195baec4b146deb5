package modelrunner;

import static java.util.stream.Collectors.joining;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Runs the model of this project with ONNX Runtime. Outputs go to stdout, everything else to stderr. */
public final class Sample {
    private Sample() {}

    public static void main(String[] arguments) {
        // The platform's own encoding need not have the characters of the outputs.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        int code = call(out, arguments);
        out.flush();
        System.exit(code);
    }

    /** The program without its end: 0 done, 1 failure, 2 wrong usage. */
    public static int call(PrintStream out, String... arguments) {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException error) {
            note("error: " + SampleException.printable(error.getMessage()));
            note(Options.USAGE);
            return 2;
        }
        if (options.help()) {
            out.print(Options.USAGE);
            return 0;
        }
        try {
            run(options, out);
        } catch (SampleException error) {
            // ONNX Runtime's own messages hold names from the model, too.
            note("error: " + error.getMessage().lines().map(SampleException::printable).collect(joining("\n")));
            return 1;
        }
        return 0;
    }

    private static void run(Options options, PrintStream out) throws SampleException {
        Path model = options.model() != null ? options.model() : bundle().resolve(Project.MODEL);
        Path config = options.config() != null ? options.config() : model.resolveSibling("inference_config.json");
        JsonObject given = given(options);
        Map<String, Value.Tensor> inputs = Inputs.read(given, Project.INPUTS);
        if (options.check() && !given.has("outputs")) {
            throw new SampleException("--check needs golden outputs, and there are none in " + options.inputs());
        }
        if (!Project.CUSTOM_OPS.isEmpty() && options.customOps() == null && options.model() == null) {
            throw new SampleException("this program cannot run this model because it has operators of "
                    + Project.CUSTOM_OPS + ", which ONNX Runtime lacks: name the library that has them with"
                    + " --custom-ops or in the variable " + Options.CUSTOM_OPS_VARIABLE);
        }
        Settings settings = Settings.read(config, Project.PROVIDERS, options.config() == null);
        Map<String, Value> outputs;
        try (Model session = Model.open(model, settings, options)) {
            outputs = session.run(inputs, Project.OUTPUTS);
        }
        for (Argument output : Project.OUTPUTS) {
            if (!output.gap().isEmpty()) {
                note("left out output " + output + ": " + output.gap());
            }
        }
        out.println(Json.write(document(outputs)));
        if (options.check()) {
            Check.outputs(given, outputs, Project.OUTPUTS);
            note("check passed: " + outputs.size() + " outputs");
        }
    }

    /** The values to run on: those of --inputs, or else the golden ones. */
    private static JsonObject given(Options options) throws SampleException {
        for (Argument input : Project.INPUTS) {
            if (!input.gap().isEmpty() && !input.optional()) {
                throw new SampleException(
                        "this program cannot run this model because of input " + input + ": " + input.gap());
            }
        }
        if (options.inputs() != null) {
            return Json.readFile(options.inputs());
        }
        if (Project.GOLDEN != null) {
            return Json.readFile(bundle().resolve(Project.GOLDEN));
        }
        if (!options.check() && Project.INPUTS.isEmpty()) {
            return new JsonObject();
        }
        throw new SampleException("this project has no golden vectors: give values with --inputs FILE");
    }

    private static JsonObject document(Map<String, Value> outputs) {
        JsonArray list = new JsonArray();
        outputs.forEach((name, value) -> {
            JsonObject named = new JsonObject();
            named.addProperty("name", name);
            value.toJson().entrySet().forEach(field -> named.add(field.getKey(), field.getValue()));
            list.add(named);
        });
        JsonObject document = new JsonObject();
        document.add("outputs", list);
        return document;
    }

    /** The rendered project: this program is in target/ of a folder two levels below it. */
    private static Path bundle() throws SampleException {
        try {
            Path classes = Path.of(Sample.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return classes.getParent().getParent().getParent().getParent();
        } catch (URISyntaxException error) {
            throw new SampleException("cannot tell where this program lies: " + error.getMessage(), error);
        }
    }

    static void note(String text) {
        System.err.println(text);
    }
}
