using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>What to record, and for how long. Immutable.</summary>
/// <param name="File">The file to write.</param>
public sealed record RecordingOptions(string File)
{
    /// <summary>Whether to replace an existing file.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Interval between two samples of the operating system's figures; 10 ms or more.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether to take memory map snapshots. During a snapshot, a target that maps memory is blocked for some milliseconds.</summary>
    public bool Breakdown { get; init; } = true;

    /// <summary>Size of the runtime's event buffer in MB; the used part counts towards the target's resident set.</summary>
    public int BufferSizeMB { get; init; } = 256;

    /// <summary>Whether events carry call stacks.</summary>
    public bool Stacks { get; init; } = true;

    /// <summary>The allocation events to record.</summary>
    public SamplingChoice Sampling { get; init; }

    /// <summary>Whether to record which objects survive collections. Every background collection then pauses the target to walk the heap.</summary>
    public bool Live { get; init; }

    /// <summary>With <see cref="Live"/>: a heap walk that pauses the target for longer ends survival tracking, but not the recording.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The maximum size of the file in bytes, or null for no limit.</summary>
    public long? MaxSize { get; init; }

    /// <summary>How long to record, or null until stopped. It counts from the end of the snapshot or collection at the start, if there is one.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long the target may take to answer a request.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to resume a runtime that is suspended at startup, waiting for a diagnostic tool. A launched target is always resumed.</summary>
    public bool ResumeRuntime { get; init; }

    /// <summary>Whether to induce a full collection at the start, so that growth is measured from the live heap.</summary>
    public bool CollectAtStart { get; init; }

    /// <summary>Whether to induce a full collection before the end, so that no garbage but what waits for finalizers counts as live at the end.</summary>
    public bool CollectAtEnd { get; init; }

    /// <summary>
    /// Takes a heap snapshot at the start, in place of the induced collection; null for none. It returns whether there was one, and throws nothing: the recording goes
    /// on in any case. It is interrupted when the recording ends.
    /// </summary>
    internal Func<Interruption, Task<bool>>? SnapshotAtStart { get; init; }

    /// <summary>The same before the end. It is interrupted when the target exits or does not answer.</summary>
    internal Func<Interruption, Task<bool>>? SnapshotAtEnd { get; init; }

    /// <summary>
    /// The time between reads of a stream that sends little: what comes meanwhile is read at once, which takes fewer wake-ups. Zero reads everything as soon as it
    /// comes, so that no more than a moment is lost if the recorder is killed.
    /// </summary>
    internal TimeSpan ReadPause { get; init; }

    /// <summary>Whether to list the existing methods at the start as well as at the end, for a target that may be gone by then.</summary>
    internal bool RundownAtStart { get; init; } = true;
}
