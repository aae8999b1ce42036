using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>What is to be recorded, and until when.</summary>
/// <param name="File">The file to write.</param>
public sealed record RecordingOptions(string File)
{
    /// <summary>Whether a file that is there already is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Time between two readings of the operating system's figures; 10 ms or more.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether to look now and then at where the target's memory is; each look makes it wait for some ms where it maps memory meanwhile.</summary>
    public bool Breakdown { get; init; } = true;

    /// <summary>The runtime's event buffer in MB; what is used of it counts in the target's resident set.</summary>
    public int BufferSizeMB { get; init; } = 256;

    /// <summary>Whether events carry call stacks.</summary>
    public bool Stacks { get; init; } = true;

    /// <summary>Which allocation events.</summary>
    public SamplingChoice Sampling { get; init; }

    /// <summary>Whether to record which objects survive collections. It makes every background collection stop the target for a walk of the heap.</summary>
    public bool Live { get; init; }

    /// <summary>With <see cref="Live"/>: a walk that stops the target for longer ends the recording of survival, not the recording.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The file's largest size in bytes, or null for no limit.</summary>
    public long? MaxSize { get; init; }

    /// <summary>How long to record, or null until stopped.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long the target may take to answer a request.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to resume a runtime that waits at its start for a diagnostic tool. A launched target is always resumed.</summary>
    public bool ResumeRuntime { get; init; }

    /// <summary>Whether to induce a full collection when the recording has begun, so that what it sees grow begins with what lives.</summary>
    public bool CollectAtStart { get; init; }

    /// <summary>Whether to induce a full collection before the recording ends, so that what lives at the end is known exactly.</summary>
    public bool CollectAtEnd { get; init; }
}
