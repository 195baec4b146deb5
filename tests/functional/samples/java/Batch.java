import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles and runs many rendered samples in one Java machine, since each start of one takes half a second.
 *
 * <p>A line of stdin is {"folder": sample, "compile": true} or {"folder": sample, "arguments": [text, ...]}; the line
 * of stdout for it is {"code": number, "stdout": text, "stderr": text}.
 */
public final class Batch {
    private static final Gson GSON = new Gson();
    private static final Map<Path, Method> PROGRAMS = new HashMap<>();

    public static void main(String[] none) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream errors = System.err;
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            JsonObject request = GSON.fromJson(line, JsonObject.class);
            Path folder = Path.of(request.get("folder").getAsString());
            answers.println(request.has("compile") ? compile(folder) : run(folder, request));
            System.setErr(errors);
        }
    }

    private static JsonObject compile(Path folder) throws Exception {
        Path classes = Files.createDirectories(folder.resolve("target/classes"));
        List<Path> sources;
        try (Stream<Path> found = Files.walk(folder.resolve("src/main/java"))) {
            sources = found.filter(path -> path.toString().endsWith(".java")).toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-Xlint:all", "-Werror", "--release", "17", "-d", classes.toString(),
                "-cp", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean done = compiler.getTask(
                    messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources)).call();
            return answer(done ? 0 : 1, "", messages.toString());
        }
    }

    private static JsonObject run(Path folder, JsonObject request) throws Exception {
        if (!PROGRAMS.containsKey(folder)) {
            URL[] classes = {folder.resolve("target/classes").toUri().toURL()};
            URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getSystemClassLoader());
            PROGRAMS.put(folder,
                    loader.loadClass("modelrunner.Sample").getMethod("call", PrintStream.class, String[].class));
        }
        List<String> arguments = new ArrayList<>();
        for (JsonElement argument : request.getAsJsonArray("arguments")) {
            arguments.add(argument.getAsString());
        }
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        System.setErr(new PrintStream(stderr, true, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(stdout, true, StandardCharsets.UTF_8);
        int code;
        try {
            code = (Integer) PROGRAMS.get(folder).invoke(null, out, arguments.toArray(String[]::new));
        } catch (InvocationTargetException error) {
            error.getCause().printStackTrace();
            code = -1; // what Java does then is exit with 1, as the sample does with a message
        }
        return answer(code, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
    }

    private static JsonObject answer(int code, String stdout, String stderr) {
        JsonObject answer = new JsonObject();
        answer.addProperty("code", code);
        answer.addProperty("stdout", stdout);
        answer.addProperty("stderr", stderr);
        return answer;
    }
}
