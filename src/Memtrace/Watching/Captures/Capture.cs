namespace Memtrace.Watching.Captures;

/// <summary>A file that a watcher saved.</summary>
/// <param name="File">Its name in the directory.</param>
/// <param name="Kind">What it is.</param>
/// <param name="SavedAt">When it was saved, UTC.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record Capture(string File, CaptureKind Kind, DateTimeOffset SavedAt, long Bytes)
{
    /// <summary>Why it was saved; null for a file whose watcher was killed before it noted that.</summary>
    public CaptureCause? Cause { get; init; }
}

/// <summary>Why a file was saved.</summary>
/// <param name="ProcessId">The process's id.</param>
/// <param name="Process">Its name.</param>
/// <param name="Rule">The condition, as it was written.</param>
/// <param name="Observed">What was observed.</param>
internal sealed record CaptureCause(int ProcessId, string Process, string Rule, string Observed)
{
    /// <summary>When the process started, UTC; null if unknown.</summary>
    public DateTimeOffset? ProcessStartedAt { get; init; }

    /// <summary>Whether both are about the same process: in a container, the restarted one has the same id.</summary>
    /// <param name="other">The other.</param>
    public bool IsOfSameProcess(CaptureCause other) => (ProcessId, Process, ProcessStartedAt) == (other.ProcessId, other.Process, other.ProcessStartedAt);
}

/// <summary>What a saved file is.</summary>
internal enum CaptureKind
{
    /// <summary>A recording.</summary>
    Recording,

    /// <summary>A snapshot of the heap.</summary>
    Heap,

    /// <summary>A core dump.</summary>
    Core,
}

/// <summary>The names of saved files.</summary>
internal static class CaptureKinds
{
    /// <summary>The extension of such files.</summary>
    /// <param name="kind">The kind.</param>
    public static string Extension(this CaptureKind kind) => kind switch
    {
        CaptureKind.Recording => ".nettrace",
        CaptureKind.Heap => HeapSnapshots.Sources.SnapshotFile.Extension,
        _ => ".core",
    };

    /// <summary>The kind of a file; null if a watcher saves no such files.</summary>
    /// <param name="file">Its name.</param>
    public static CaptureKind? Of(string file) =>
        Enum.GetValues<CaptureKind>().Cast<CaptureKind?>().FirstOrDefault(kind => file.EndsWith(kind!.Value.Extension(), StringComparison.Ordinal));
}
