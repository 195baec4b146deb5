using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ModelSample
{
    /// <summary>The project that this sample belongs to.</summary>
    internal static class Bundle
    {
        /// <summary>Where a file of the project lies, seen from the program or the working directory; null if nowhere.</summary>
        public static string Find(string path)
        {
            return new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() }
                .SelectMany(Upwards)
                .Select(folder => Path.Combine(folder, path))
                .FirstOrDefault(File.Exists);
        }

        private static IEnumerable<string> Upwards(string folder)
        {
            for (var place = new DirectoryInfo(folder); place != null; place = place.Parent)
            {
                yield return place.FullName;
            }
        }
    }
}
