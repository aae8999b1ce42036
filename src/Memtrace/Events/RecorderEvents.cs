using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>The events that the recorder adds to a recording. The values are their ids; for their fields see docs/recording-format.md.</summary>
internal enum RecorderEvent
{
    /// <summary>The recorded process and how it is recorded.</summary>
    Process = 1,

    /// <summary>The operating system's memory figures of the process.</summary>
    ProcessMemory = 2,

    /// <summary>Memory of the container (control group) of the process.</summary>
    ContainerMemory = 3,

    /// <summary>Memory of the machine.</summary>
    MachineMemory = 4,

    /// <summary>Survival events end before the recording does.</summary>
    SurvivalStopped = 5,

    /// <summary>Why the recording ended.</summary>
    End = 6,

    /// <summary>The resident set by category.</summary>
    Breakdown = 7,

    /// <summary>A snapshot of the memory map is missing.</summary>
    BreakdownDropped = 8,
}

/// <summary>Declares the events of provider <see cref="Providers.Recorder"/> in a recording.</summary>
/// <remarks>
/// The time of an event is not in its payload; a struct that is only written has 0 seconds. New fields are added at the end; readers accept shorter and
/// longer payloads.
/// </remarks>
internal static class RecorderEvents
{
    /// <summary>The metadata id of event 1; the runtime counts from 1 and never gets this far.</summary>
    public const int FirstMetadataId = 0x7E000000;

    /// <summary>All events, in the order of their ids.</summary>
    public static IReadOnlyList<EventDescription> Descriptions { get; } =
    [
        RecordedProcess.Description,
        ProcessMemorySample.Description,
        ContainerMemorySample.Description,
        MachineMemorySample.Description,
        SurvivalStop.Description,
        EndEvent.Description,
        BreakdownEvent.Description,
        BreakdownDrop.Description,
    ];

    /// <summary>The metadata id of an event.</summary>
    public static int MetadataId(RecorderEvent kind) => FirstMetadataId + (int)kind - 1;

    /// <summary>The payload of the metadata block that declares them.</summary>
    public static byte[] Declare(NettraceFraming framing) => EventMetadata.Declare(framing, Providers.Recorder, FirstMetadataId, Descriptions);
}
