using System.Globalization;
using Memtrace.OperatingSystem;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>Encodes the recorder's own events: provider <see cref="RecorderEvents.ProviderName"/>, fields as in docs/recording-format.md.</summary>
internal static class OwnEvents
{
    /// <summary>The metadata id of event 1; the runtime counts up from 1 and never comes here.</summary>
    public const int FirstMetadataId = 0x7E000000;

    private static readonly string RecorderVersion = typeof(OwnEvents).Assembly.GetName().Version?.ToString(3) ?? "";

    private static readonly EventDescription[] Descriptions =
    [
        new((int)RecorderEvent.Process, "Process",
            ("ProcessId", FieldType.Int32), ("Name", FieldType.String), ("CommandLine", FieldType.String), ("RuntimeVersion", FieldType.String),
            ("Architecture", FieldType.String), ("OperatingSystem", FieldType.String), ("ProcessorCount", FieldType.Int32),
            ("AllocationSampling", FieldType.String), ("SurvivalTracking", FieldType.Int32), ("RecorderVersion", FieldType.String)),
        new((int)RecorderEvent.ProcessMemory, "ProcessMemory",
            ("Rss", FieldType.Int64), ("PeakRss", FieldType.Int64), ("RssAnonymous", FieldType.Int64), ("RssFile", FieldType.Int64),
            ("RssShared", FieldType.Int64), ("Swap", FieldType.Int64), ("MajorFaults", FieldType.Int64), ("CpuTimeMs", FieldType.Int64),
            ("Threads", FieldType.Int32)),
        new((int)RecorderEvent.ContainerMemory, "ContainerMemory",
            ("Usage", FieldType.Int64), ("Limit", FieldType.Int64), ("OomKills", FieldType.Int64), ("Peak", FieldType.Int64),
            ("Anonymous", FieldType.Int64), ("File", FieldType.Int64), ("Kernel", FieldType.Int64), ("PressureSome10", FieldType.Double),
            ("Shared", FieldType.Int64)),
        new((int)RecorderEvent.MachineMemory, "MachineMemory",
            ("Total", FieldType.Int64), ("Available", FieldType.Int64), ("PressureSome10", FieldType.Double)),
        new((int)RecorderEvent.SurvivalStopped, "SurvivalStopped",
            ("PauseMs", FieldType.Double), ("Detail", FieldType.String)),
        new((int)RecorderEvent.End, "End",
            ("Reason", FieldType.String), ("ExitCode", FieldType.Int32), ("Signal", FieldType.Int32), ("Detail", FieldType.String)),
        new((int)RecorderEvent.Breakdown, "Breakdown",
            [
                ("Reason", FieldType.String), ("Rss", FieldType.Int64), ("Swap", FieldType.Int64),
                .. Enum.GetNames<MemoryCategory>().Select(name => (name, FieldType.Int64)),
                ("ManagedImages", FieldType.Int64), ("NativeImages", FieldType.Int64),
                ("MallocMainHeap", FieldType.Int64), ("MallocArenas", FieldType.Int64), ("MallocMapped", FieldType.Int64),
                ("ArenaCount", FieldType.Int32), ("Threads", FieldType.Int32),
                ("LargestFiles", FieldType.String), ("Allocators", FieldType.String), ("Limits", FieldType.String),
                ("LargestArena", FieldType.Int64), ("UnknownCategories", FieldType.Int32),
            ]),
    ];

    /// <summary>The payload of the metadata block that declares them.</summary>
    public static byte[] Declare(NettraceFraming framing) =>
        EventMetadata.Declare(framing, RecorderEvents.ProviderName, FirstMetadataId, Descriptions);

    /// <summary>The metadata id of an event.</summary>
    public static int MetadataId(RecorderEvent kind) => FirstMetadataId + (int)kind - 1;

    public static byte[] Process(TargetDescription process, SamplingChoice sampling, bool survivalTracking) => new PayloadWriter()
        .Int32(process.ProcessId).Utf16(process.Name).Utf16(process.CommandLine).Utf16(process.RuntimeVersion)
        .Utf16(process.Architecture).Utf16(process.OperatingSystem).Int32(process.ProcessorCount)
        .Utf16(SamplingText(sampling)).Int32(survivalTracking ? 1 : 0).Utf16(RecorderVersion)
        .Written.ToArray();

    public static byte[] ProcessMemory(in ProcessMemory memory) => new PayloadWriter()
        .Int64(memory.Rss).Int64(memory.PeakRss).Int64(memory.RssAnonymous).Int64(memory.RssFile).Int64(memory.RssShared)
        .Int64(memory.Swap).Int64(memory.MajorFaults).Int64(memory.CpuTimeMs).Int32(memory.Threads)
        .Written.ToArray();

    public static byte[] ContainerMemory(in ContainerMemory memory) => new PayloadWriter()
        .Int64(memory.Usage).Int64(memory.Limit ?? -1).Int64(memory.OomKills)
        .Int64(memory.Peak).Int64(memory.Anonymous).Int64(memory.File).Int64(memory.Kernel).Double(memory.PressureSome10)
        .Int64(memory.Shared)
        .Written.ToArray();

    public static byte[] MachineMemory(in MachineMemory memory) => new PayloadWriter()
        .Int64(memory.Total).Int64(memory.Available).Double(memory.PressureSome10)
        .Written.ToArray();

    public static byte[] SurvivalStopped(double pauseMs, string detail) => new PayloadWriter()
        .Double(pauseMs).Utf16(detail)
        .Written.ToArray();

    public static byte[] Breakdown(MemoryBreakdown breakdown)
    {
        var payload = new PayloadWriter().Utf16(breakdown.Reason.ToString().ToLowerInvariant()).Int64(breakdown.RssBytes).Int64(breakdown.SwapBytes);
        foreach (var item in breakdown.Categories)
            payload.Int64(item.Bytes);
        var (images, malloc) = (breakdown.Images, breakdown.Malloc);
        return payload.Int64(images.Managed).Int64(images.Native).Int64(malloc.MainHeap).Int64(malloc.Arenas).Int64(malloc.Mapped)
            .Int32(malloc.ArenaCount).Int32(breakdown.Threads)
            .Utf16(Lines(breakdown.LargestFiles.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Bytes} {file.Path}"))))
            .Utf16(Lines(breakdown.Allocators)).Utf16(Lines(breakdown.Limits))
            .Int64(malloc.LargestArena).Int32(breakdown.Categories.Where(item => !item.IsKnown).Sum(item => 1 << (int)item.Category))
            .Written.ToArray();
    }

    public static byte[] End(RecordingEnd end) => new PayloadWriter()
        .Utf16(end.Reason.ToEventText()).Int32(end.ExitCode ?? -1).Int32(end.Signal ?? 0).Utf16(end.Detail ?? "")
        .Written.ToArray();

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    // Of a runtime whose version nobody knew both kinds were asked for: the events themselves tell.
    private static string SamplingText(SamplingChoice sampling) => sampling == SamplingChoice.Auto ? "" : sampling.ToString().ToLowerInvariant();
}
