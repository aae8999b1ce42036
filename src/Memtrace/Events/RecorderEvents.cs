using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>The kinds of events that the recorder adds to a recording. The values are their ids; their fields: docs/recording-format.md.</summary>
internal enum RecorderEvent
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

    /// <summary>A snapshot of the memory map is missing.</summary>
    BreakdownDropped = 8,
}

/// <summary>Declares the events of provider <see cref="Providers.Recorder"/> in a recording.</summary>
/// <remarks>
/// An event's time is not in its payload. A struct that is only written has 0 there. New fields are added at the end; a reader accepts payloads that
/// end earlier or later.
/// </remarks>
internal static class RecorderEvents
{
    /// <summary>The metadata id of event 1; the runtime counts up from 1 and never comes here.</summary>
    public const int FirstMetadataId = 0x7E000000;

    /// <summary>All events, in the order of their ids.</summary>
    public static IReadOnlyList<EventDescription> Descriptions { get; } =
    [
        RecordedProcess.Description,
        ProcessMemorySample.Description,
        ContainerMemorySample.Description,
        MachineMemorySample.Description,
        SurvivalStop.Description,
        RecordingEnd.Description,
        BreakdownEvent.Description,
        BreakdownDrop.Description,
    ];

    /// <summary>The metadata id of an event.</summary>
    public static int MetadataId(RecorderEvent kind) => FirstMetadataId + (int)kind - 1;

    /// <summary>The payload of the metadata block that declares them.</summary>
    public static byte[] Declare(NettraceFraming framing) => EventMetadata.Declare(framing, Providers.Recorder, FirstMetadataId, Descriptions);
}
