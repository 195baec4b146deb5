using System.Collections.Generic;

namespace ModelSample
{
    /// <summary>What the user asked for; null for what was not given.</summary>
    internal sealed class CommandLine
    {
        public const string Usage =
            "usage: Sample [--model PATH] [--config FILE] [--inputs FILE.json] [--check] [--allow-fallback]\n"
            + "              [--custom-ops PATH]\n\n"
            + "Runs the model with ONNX Runtime and prints what it returns, as JSON.\n\n"
            + "  --model PATH       ONNX file to run instead\n"
            + "  --config FILE      settings to use instead of the inference_config.json beside the model\n"
            + "  --inputs FILE      values by input name as nested lists, or a file of golden.json's form\n"
            + "  --check            compare with the golden outputs\n"
            + "  --allow-fallback   go on where the execution provider asked for cannot be used\n"
            + "  --custom-ops PATH  library of custom operators; also the variable MODEL_CUSTOM_OPS";

        public string Model;
        public string Config;
        public string Inputs;
        public string CustomOps;
        public bool Check;
        public bool AllowFallback;
        public bool Help;

        public static CommandLine Parse(IEnumerable<string> arguments)
        {
            var line = new CommandLine();
            var rest = new Queue<string>(arguments);
            while (rest.Count > 0)
            {
                line.Take(rest.Dequeue(), rest);
            }
            return line;
        }

        private void Take(string option, Queue<string> rest)
        {
            switch (option)
            {
                case "--model":
                    Model = ValueOf(option, rest);
                    break;
                case "--config":
                    Config = ValueOf(option, rest);
                    break;
                case "--inputs":
                    Inputs = ValueOf(option, rest);
                    break;
                case "--custom-ops":
                    CustomOps = ValueOf(option, rest);
                    break;
                case "--check":
                    Check = true;
                    break;
                case "--allow-fallback":
                    AllowFallback = true;
                    break;
                case "-h":
                case "--help":
                    Help = true;
                    break;
                default:
                    throw new UsageError("there is no option " + option);
            }
        }

        private static string ValueOf(string option, Queue<string> rest)
        {
            if (rest.Count == 0)
            {
                throw new UsageError(option + " needs a value");
            }
            return rest.Dequeue();
        }
    }
}
