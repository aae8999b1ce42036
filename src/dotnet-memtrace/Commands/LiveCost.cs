using System.Globalization;
using Memtrace.Recording;

namespace Memtrace.Tool.Commands;

/// <summary>What recording survival costs the process.</summary>
internal static class LiveCost
{
    /// <summary>Announces the cost on standard error before the recording starts.</summary>
    public static void Announce(RecordingOptions options) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"--live: each background collection now pauses the process for a heap walk, about 0.1 s per GB of small objects. After a pause of more than {options.MaxPause.TotalMilliseconds:F0} ms, survival is no longer recorded."));
}
