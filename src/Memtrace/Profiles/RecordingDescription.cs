using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>A recording: its file, what it covers, its limitations.</summary>
/// <param name="File">The file, as the user named it.</param>
/// <param name="StartedAt">When the recording began, UTC.</param>
/// <param name="DurationSeconds">Seconds that the profile covers: the whole recording or the chosen window.</param>
/// <param name="WindowStartSeconds">Where the profile begins, in seconds after the start of the recording.</param>
/// <param name="EndReason">Why it ended; null if this tool did not record it, or if the end is missing.</param>
/// <param name="EndDetail">More about the end in plain words, such as the exit code, or null.</param>
/// <param name="Complete">Whether the file is complete: false for a truncated file.</param>
/// <param name="SurvivalTracking">Whether the recording has survival data.</param>
/// <param name="SurvivalStopped">Why the survival events end before the recording, in plain words, or null.</param>
/// <param name="AllocationSamples">Allocation events in the window.</param>
/// <param name="LostEvents">Events that the runtime dropped, over the whole file.</param>
/// <param name="Frames">Distinct stack frames seen in the window.</param>
/// <param name="UnresolvedFrames">How many of them have no method name.</param>
public sealed record RecordingDescription(
    string File,
    DateTimeOffset? StartedAt,
    double DurationSeconds,
    double WindowStartSeconds,
    EndReason? EndReason,
    string? EndDetail,
    bool Complete,
    bool SurvivalTracking,
    string? SurvivalStopped,
    long AllocationSamples,
    long LostEvents,
    long Frames,
    long UnresolvedFrames)
{
    /// <summary>The other .NET processes in the file, those with the most events first: the profile does not include them.</summary>
    public ImmutableArray<OtherProcess> OtherProcesses { get; init; } = [];

    /// <summary>The assemblies on the stacks that count as the user's code, most certain first.</summary>
    public ImmutableArray<OwnModule> OwnModules { get; init; } = [];

    /// <summary>Why the runtime dropped events.</summary>
    public EventLossCause LossCause { get; init; }

    /// <summary>What is damaged in the file and where, or null: the profile covers the part before the damage.</summary>
    public string? Damage { get; init; }

    /// <summary>Events that were dropped because of impossible figures or times: the file is damaged or forged.</summary>
    public long ImpossibleEvents { get; init; }

    /// <summary>Stacks that were dropped because there were more than fit in memory: their events have no stack.</summary>
    public long DroppedStacks { get; init; }

    /// <summary>Whether it is known that the recording includes everything since the process started.</summary>
    public bool IsFromProcessStart { get; init; }

    /// <summary>The exit code of the process; null if it has none, or it is unknown.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that killed the process; null if none did, or it is unknown.</summary>
    public int? Signal { get; init; }

    /// <summary>The file of a heap snapshot that was taken meanwhile, as it lies beside the recording; null if there is none.</summary>
    public string? HeapSnapshot { get; init; }

    /// <summary>Whether it is known that the process ended, and the recording with it.</summary>
    public bool ProcessHasEnded => EndReason is { } reason && reason.IsProcessEnd();
}

/// <summary>Another process in a file.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="Name">Its name.</param>
public sealed record OtherProcess(int Id, string Name);
