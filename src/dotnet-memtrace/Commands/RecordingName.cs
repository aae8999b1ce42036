using System.Globalization;

namespace Memtrace.Tool.Commands;

/// <summary>The default names of recordings.</summary>
internal static class RecordingName
{
    /// <summary>The extension.</summary>
    public const string Extension = ".nettrace";

    /// <summary>A file in the current folder: <c>app_yyyyMMdd_HHmmss.nettrace</c>.</summary>
    /// <param name="process">The process's name, or nothing.</param>
    public static string For(string process) => Stem(process) + Extension;

    /// <summary>The same, with a number if there is such a file already: <c>app_yyyyMMdd_HHmmss_2.nettrace</c>.</summary>
    /// <param name="process">The process's name, or nothing.</param>
    public static string ForNew(string process)
    {
        var stem = Stem(process);
        var file = stem + Extension;
        for (var number = 2; File.Exists(file); number++)
            file = string.Create(CultureInfo.InvariantCulture, $"{stem}_{number}{Extension}");
        return file;
    }

    private static string Stem(string process)
    {
        var name = process.Length > 0 ? string.Concat(process.Split(Path.GetInvalidFileNameChars())) : "process";
        return string.Create(CultureInfo.InvariantCulture, $"{name}_{TimeProvider.System.GetLocalNow():yyyyMMdd_HHmmss}");
    }
}
