using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Events;

/// <summary>The recorder's event <c>Process</c>: the recorded process and how it is recorded.</summary>
/// <param name="ProcessId">Process id.</param>
/// <param name="Name">Short name.</param>
/// <param name="CommandLine">Complete command line.</param>
/// <param name="RuntimeVersion">Version of the .NET runtime; empty if unknown.</param>
/// <param name="Architecture">Processor architecture.</param>
/// <param name="OperatingSystem">Operating system.</param>
/// <param name="ProcessorCount">Logical processors that the process sees.</param>
/// <param name="Sampling">How allocations are sampled; null if both kinds of events were requested because the runtime version was unknown.</param>
/// <param name="SurvivalTracking">Whether survival events were requested.</param>
internal readonly record struct RecordedProcess(
    int ProcessId,
    string Name,
    string CommandLine,
    string RuntimeVersion,
    string Architecture,
    string OperatingSystem,
    int ProcessorCount,
    AllocationSampling? Sampling,
    bool SurvivalTracking)
{
    private const string RandomizedText = "randomized", TickText = "tick", NoneText = "none";
    private const string AheadOfTimeText = "aheadOfTime", JustInTimeText = "justInTime";
    private const int UnknownSize = -1;

    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.Process,
        "Process",
        ("ProcessId", FieldType.Int32),
        ("Name", FieldType.String),
        ("CommandLine", FieldType.String),
        ("RuntimeVersion", FieldType.String),
        ("Architecture", FieldType.String),
        ("OperatingSystem", FieldType.String),
        ("ProcessorCount", FieldType.Int32),
        ("AllocationSampling", FieldType.String),
        ("SurvivalTracking", FieldType.Int32),
        ("RecorderVersion", FieldType.String),
        ("Compilation", FieldType.String),
        ("BufferSizeMB", FieldType.Int32),
        ("FromStart", FieldType.Int32));

    /// <summary>Version of the recorder; empty if unknown.</summary>
    public string RecorderVersion { get; init; } = "";

    /// <summary>Whether the program was compiled ahead of time (NativeAOT); null if unknown.</summary>
    public bool? IsAheadOfTime { get; init; }

    /// <summary>Size of the runtime's event buffer in MB; null if unknown.</summary>
    public int? BufferSizeMB { get; init; }

    /// <summary>Whether it is known that the recording includes everything since the process started.</summary>
    public bool IsFromStart { get; init; }

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter()
        .Int32(ProcessId)
        .Utf16(Name)
        .Utf16(CommandLine)
        .Utf16(RuntimeVersion)
        .Utf16(Architecture)
        .Utf16(OperatingSystem)
        .Int32(ProcessorCount)
        .Utf16(SamplingText(Sampling))
        .Int32(SurvivalTracking ? 1 : 0)
        .Utf16(RecorderVersion)
        .Utf16(CompilationText(IsAheadOfTime))
        .Int32(BufferSizeMB ?? UnknownSize)
        .Int32(IsFromStart ? 1 : 0)
        .Written.ToArray();

    public static RecordedProcess Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new RecordedProcess(
            payload.ReadInt32(),
            payload.ReadString().ToString(),
            payload.ReadString().ToString(),
            payload.ReadString().ToString(),
            payload.ReadString().ToString(),
            payload.ReadString().ToString(),
            payload.ReadInt32(),
            SamplingOf(payload.ReadString()),
            payload.ReadInt32() == 1)
        {
            RecorderVersion = payload.ReadString().ToString(),
            IsAheadOfTime = IsAheadOfTimeOf(payload.ReadString()),
            BufferSizeMB = payload.ReadInt32() is > 0 and var size ? size : null,
            IsFromStart = payload.ReadInt32() == 1,
        };
    }

    private static string SamplingText(AllocationSampling? sampling) => sampling switch
    {
        AllocationSampling.Randomized => RandomizedText,
        AllocationSampling.Tick => TickText,
        AllocationSampling.None => NoneText,
        _ => "",
    };

    private static string CompilationText(bool? isAheadOfTime) => isAheadOfTime switch
    {
        true => AheadOfTimeText,
        false => JustInTimeText,
        null => "",
    };

    private static bool? IsAheadOfTimeOf(ReadOnlySpan<char> text) => text switch
    {
        AheadOfTimeText => true,
        JustInTimeText => false,
        _ => null,
    };

    private static AllocationSampling? SamplingOf(ReadOnlySpan<char> text) => text switch
    {
        RandomizedText => AllocationSampling.Randomized,
        TickText => AllocationSampling.Tick,
        NoneText => AllocationSampling.None,
        _ => null,
    };
}
