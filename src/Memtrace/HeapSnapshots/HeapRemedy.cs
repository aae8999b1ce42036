namespace Memtrace.HeapSnapshots;

/// <summary>What would make a snapshot possible that failed. How to do it is up to the program that shows the failure.</summary>
/// <param name="Kind">What to do.</param>
internal sealed record HeapRemedy(HeapRemedyKind Kind)
{
    /// <summary>The process; null if it is known only by its diagnostic port, or if there is none.</summary>
    public int? ProcessId { get; init; }

    /// <summary>A size for the event buffer, in MB; null where it does not matter.</summary>
    public int? BufferSizeMB { get; init; }
}

/// <summary>The kinds of remedies.</summary>
internal enum HeapRemedyKind
{
    /// <summary>Take it with a larger event buffer.</summary>
    EnlargeBuffer,

    /// <summary>Take it without references: the event buffer is as large as it can be.</summary>
    LeaveOutReferences,

    /// <summary>Give the container of the process more memory.</summary>
    RaiseLimit,

    /// <summary>Take it where there is more memory for reading it.</summary>
    UseLargerMachine,

    /// <summary>Keep the copy of the process's memory on a disk.</summary>
    KeepCopyOnDisk,

    /// <summary>Name the folder of the library that reads the runtime's memory.</summary>
    NameLibrary,

    /// <summary>Take a snapshot by events, which names its collection.</summary>
    TakeByEvents,

    /// <summary>Record which objects survive collections.</summary>
    RecordSurvival,

    /// <summary>Read the file as a recording.</summary>
    ReadRecording,

    /// <summary>Take a snapshot where the process runs, while it runs: it can be read anywhere.</summary>
    TakeThere,
}

/// <summary>Why a snapshot cannot be taken, found before the process is touched.</summary>
/// <param name="Message">What is wrong, in one line.</param>
/// <param name="Remedy">What would help; null if nothing is known to.</param>
internal sealed record HeapObstacle(string Message, HeapRemedy? Remedy = null);
