using System.Globalization;
using Memtrace.Footprint;
using Memtrace.Recording;

namespace Memtrace.Tool.Commands;

/// <summary>Announces on standard error, before a recording starts, how it will pause the process.</summary>
internal static class PauseAnnouncement
{
    /// <summary>Seconds that a full blocking collection takes per GB of live objects: on a quiet machine, and the longest seen on a busy one.</summary>
    private const double BestSecondsPerGB = 0.1, WorstSecondsPerGB = 3;

    /// <summary>Writes the announcement; nothing if the recording causes no pauses.</summary>
    /// <param name="options">What is recorded.</param>
    /// <param name="processId">The process; 0 if unknown.</param>
    public static void Write(RecordingOptions options, int processId)
    {
        if (options.Live)
        {
            Notice.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"--live: each background collection now pauses the process for a heap walk, about 0.1 s per GB of small objects. After a pause of more than {options.MaxPause.TotalMilliseconds:F0} ms, survival is no longer recorded."));
        }

        if (Moments(options.SnapshotAtStart is not null, options.SnapshotAtEnd is not null) is { } snapshots)
            Notice.Write($"The heap is walked for a snapshot {snapshots}, after a full blocking collection.");
        if (Moments(options is { CollectAtStart: true, SnapshotAtStart: null }, options is { CollectAtEnd: true, SnapshotAtEnd: null }) is { } moments)
            Notice.Write($"Full blocking collections are forced {moments}. {Length(processId)}");
    }

    private static string? Moments(bool atStart, bool atEnd) => (atStart, atEnd) switch
    {
        (true, true) => "at the start and at the end",
        (true, false) => "at the start",
        (false, true) => "at the end",
        _ => null,
    };

    // The resident set bounds what is alive, so that the range holds for any share of it.
    private static string Length(int processId)
    {
        using var reader = ProcessMemoryReader.Open(processId);
        if (processId == 0 || !reader.TryRead(out var memory) || memory.Rss <= 0)
            return $"Each pauses the process for about {BestSecondsPerGB:0.#} s to {WorstSecondsPerGB:0.#} s per GB of live objects.";
        var gigabytes = memory.Rss / 1e9;
        return $"Each pauses the process: less than {Duration.Format(Math.Max(0.1, gigabytes * WorstSecondsPerGB))}, "
            + $"about {Duration.FormatMs(Math.Max(1, gigabytes * BestSecondsPerGB * 1000))} on a quiet machine if most of its {ByteSize.Format(memory.Rss)} are live objects.";
    }
}
