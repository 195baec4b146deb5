using System;
using System.Globalization;
using System.Linq;

namespace ModelSample
{
    /// <summary>Something that the user can put right.</summary>
    internal class SampleError : Exception
    {
        public SampleError(string message) : base(message)
        {
        }
    }

    /// <summary>A wrong command line.</summary>
    internal sealed class UsageError : SampleError
    {
        public UsageError(string message) : base(message)
        {
        }
    }

    /// <summary>What is said to the user beside the result.</summary>
    internal static class Messages
    {
        public static void Note(string text)
        {
            Console.Error.WriteLine(string.Join("\n", text.Split('\n').Select(Printable)));
        }

        /// <summary>A name in quotes.</summary>
        public static string Quoted(string name)
        {
            return "'" + Printable(name) + "'";
        }

        /// <summary>Escapes what a terminal would act upon: names in a model may hold anything.</summary>
        public static string Printable(string text)
        {
            return string.Concat(text.Select(Escaped));
        }

        private static string Escaped(char character)
        {
            switch (char.GetUnicodeCategory(character))
            {
                case UnicodeCategory.Control:
                case UnicodeCategory.Format:
                case UnicodeCategory.LineSeparator:
                case UnicodeCategory.ParagraphSeparator:
                    return "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture);
                default:
                    return character.ToString();
            }
        }
    }
}
