namespace Memtrace.Sessions;

/// <summary>What a data session requests from the runtime. Immutable.</summary>
internal sealed record DataRequest
{
    /// <summary>The allocation events, resolved for the target's runtime; <see cref="SamplingChoice.Auto"/> means that the runtime's version is unknown.</summary>
    public required SamplingChoice Sampling { get; init; }

    /// <summary>Whether survival and movement events are sent.</summary>
    public required bool Survival { get; init; }

    /// <summary>Whether events carry call stacks.</summary>
    public required bool Stacks { get; init; }

    /// <summary>The size of the runtime's buffer, in MB.</summary>
    public required int BufferSizeMB { get; init; }
}
