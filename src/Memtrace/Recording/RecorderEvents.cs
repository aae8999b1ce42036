namespace Memtrace.Recording;

/// <summary>The ids of the events that the recorder adds to a recording. Their fields are listed in docs/recording-format.md.</summary>
public enum RecorderEvent
{
    /// <summary>The process that is recorded, and how.</summary>
    Process = 1,

    /// <summary>The operating system's view of the process.</summary>
    ProcessMemory = 2,

    /// <summary>The container (control group) that the process runs in.</summary>
    ContainerMemory = 3,

    /// <summary>The machine.</summary>
    MachineMemory = 4,

    /// <summary>Survival events end here, before the recording does.</summary>
    SurvivalStopped = 5,

    /// <summary>Why the recording ended.</summary>
    End = 6,

    /// <summary>Where the resident set is.</summary>
    Breakdown = 7,
}

/// <summary>The provider under which the recorder's own events stand in a recording.</summary>
public static class RecorderEvents
{
    /// <summary>Its name.</summary>
    public const string ProviderName = "Dotnet-Memtrace";
}
