using System.Globalization;
using Memtrace.Recording;

namespace Memtrace.Tool.Commands;

/// <summary>What it costs a process to have its survivors recorded.</summary>
internal static class LiveCost
{
    /// <summary>Says so on the standard error, before it begins.</summary>
    public static void Say(RecordingOptions options) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"--live: every background collection now stops the process once more, about 0.1 s for each GB of small objects. After a stop of more than {options.MaxPause.TotalMilliseconds:F0} ms the recording goes on without survival."));
}
