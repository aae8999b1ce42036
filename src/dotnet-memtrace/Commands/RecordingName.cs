using System.Globalization;

namespace Memtrace.Tool.Commands;

/// <summary>What a recording is called that nobody gave a name.</summary>
internal static class RecordingName
{
    /// <summary>A file in the current folder: <c>app_yyyyMMdd_HHmmss.nettrace</c>.</summary>
    /// <param name="process">The process's name, or nothing.</param>
    public static string For(string process)
    {
        var name = process.Length > 0 ? string.Concat(process.Split(Path.GetInvalidFileNameChars())) : "process";
        return string.Create(CultureInfo.InvariantCulture, $"{name}_{TimeProvider.System.GetLocalNow():yyyyMMdd_HHmmss}.nettrace");
    }
}
