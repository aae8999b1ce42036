using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Events;

/// <summary>The recorder's event <c>ProcessMemory</c>. In the payload, -1 means unknown.</summary>
/// <param name="Seconds">When it was taken, in seconds since the start of the recording.</param>
/// <param name="Memory">The figures.</param>
internal readonly record struct ProcessMemorySample(double Seconds, ProcessMemory Memory) : IBounded
{
    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.ProcessMemory,
        "ProcessMemory",
        ("Rss", FieldType.Int64),
        ("PeakRss", FieldType.Int64),
        ("RssAnonymous", FieldType.Int64),
        ("RssFile", FieldType.Int64),
        ("RssShared", FieldType.Int64),
        ("Swap", FieldType.Int64),
        ("MajorFaults", FieldType.Int64),
        ("CpuTimeMs", FieldType.Int64),
        ("Threads", FieldType.Int32),
        ("HugePages", FieldType.Int64));

    /// <inheritdoc/>
    public bool IsPossible => Bounds.IsSize(Memory.Rss)
        && Bounds.AreSizes(Memory.PeakRss ?? 0, Memory.RssAnonymous ?? 0, Memory.RssFile ?? 0, Memory.RssShared ?? 0, Memory.Swap ?? 0);

    /// <summary>The payload.</summary>
    public static byte[] Write(in ProcessMemory memory) => new PayloadWriter()
        .Int64(memory.Rss)
        .OptionalInt64(memory.PeakRss)
        .OptionalInt64(memory.RssAnonymous)
        .OptionalInt64(memory.RssFile)
        .OptionalInt64(memory.RssShared)
        .OptionalInt64(memory.Swap)
        .OptionalInt64(memory.MajorFaults)
        .OptionalInt64(memory.CpuTimeMs)
        .Int32(memory.Threads ?? -1)
        .OptionalInt64(memory.HugePages)
        .Written.ToArray();

    /// <summary>Older events have only the first two fields, or not the last one; what is missing is unknown.</summary>
    /// <returns>False if the resident set is missing.</returns>
    public static bool TryRead(in RecordedEvent data, out ProcessMemorySample sample)
    {
        var payload = data.Payload;
        var memory = new ProcessMemory(payload.ReadInt64(), payload.ReadOptionalInt64());
        sample = new ProcessMemorySample(data.Seconds, memory);
        if (payload.Overrun || memory.Rss < 0)
            return false;
        memory = memory with
        {
            RssAnonymous = payload.ReadOptionalInt64(),
            RssFile = payload.ReadOptionalInt64(),
            RssShared = payload.ReadOptionalInt64(),
            Swap = payload.ReadOptionalInt64(),
            MajorFaults = payload.ReadOptionalInt64(),
            CpuTimeMs = payload.ReadOptionalInt64(),
            Threads = payload.ReadInt32() is >= 0 and var threads ? threads : null,
        };
        sample = payload.Overrun ? sample : sample with { Memory = memory };
        var hugePages = payload.ReadOptionalInt64();
        sample = payload.Overrun ? sample : sample with { Memory = memory with { HugePages = hugePages } };
        return true;
    }
}

/// <summary>The recorder's event <c>ContainerMemory</c>. In the payload, -1 means unknown, or no limit.</summary>
/// <param name="Seconds">When it was taken, in seconds since the start of the recording.</param>
/// <param name="Memory">The figures.</param>
internal readonly record struct ContainerMemorySample(double Seconds, ContainerMemory Memory) : IBounded
{
    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.ContainerMemory,
        "ContainerMemory",
        ("Usage", FieldType.Int64),
        ("Limit", FieldType.Int64),
        ("OomKills", FieldType.Int64),
        ("Peak", FieldType.Int64),
        ("Anonymous", FieldType.Int64),
        ("File", FieldType.Int64),
        ("Kernel", FieldType.Int64),
        ("PressureSome10", FieldType.Double),
        ("Shared", FieldType.Int64));

    /// <summary>Whether all figures are possible. A huge limit stands for none.</summary>
    public bool IsPossible => Bounds.IsPercent(Memory.PressureSome10 ?? 0)
        && Bounds.AreSizes(Memory.Usage, Memory.Peak ?? 0, Memory.Anonymous ?? 0, Memory.File ?? 0, Memory.Kernel ?? 0, Memory.Shared ?? 0);

    /// <summary>The payload.</summary>
    public static byte[] Write(in ContainerMemory memory) => new PayloadWriter()
        .Int64(memory.Usage)
        .OptionalInt64(memory.Limit)
        .OptionalInt64(memory.OomKills)
        .OptionalInt64(memory.Peak)
        .OptionalInt64(memory.Anonymous)
        .OptionalInt64(memory.File)
        .OptionalInt64(memory.Kernel)
        .OptionalDouble(memory.PressureSome10)
        .OptionalInt64(memory.Shared)
        .Written.ToArray();

    /// <summary>Older events have only the first three fields, or not the last one; what is missing is unknown.</summary>
    /// <returns>False if the usage is missing.</returns>
    public static bool TryRead(in RecordedEvent data, out ContainerMemorySample sample)
    {
        var payload = data.Payload;
        var memory = new ContainerMemory(payload.ReadInt64(), payload.ReadOptionalInt64(), payload.ReadOptionalInt64());
        sample = new ContainerMemorySample(data.Seconds, memory);
        if (payload.Overrun || memory.Usage < 0)
            return false;
        memory = memory with
        {
            Peak = payload.ReadOptionalInt64(),
            Anonymous = payload.ReadOptionalInt64(),
            File = payload.ReadOptionalInt64(),
            Kernel = payload.ReadOptionalInt64(),
            PressureSome10 = payload.ReadOptionalDouble(),
        };
        sample = payload.Overrun ? sample : sample with { Memory = memory };
        var shared = payload.ReadOptionalInt64();
        sample = payload.Overrun ? sample : sample with { Memory = memory with { Shared = shared } };
        return true;
    }
}

/// <summary>The recorder's event <c>MachineMemory</c>. In the payload, -1 means unknown.</summary>
/// <param name="Seconds">When it was taken, in seconds since the start of the recording.</param>
/// <param name="Memory">The figures.</param>
internal readonly record struct MachineMemorySample(double Seconds, MachineMemory Memory) : IBounded
{
    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.MachineMemory,
        "MachineMemory",
        ("Total", FieldType.Int64),
        ("Available", FieldType.Int64),
        ("PressureSome10", FieldType.Double));

    /// <inheritdoc/>
    public bool IsPossible => Bounds.AreSizes(Memory.Total, Memory.Available ?? 0) && Bounds.IsPercent(Memory.PressureSome10 ?? 0);

    /// <summary>The payload.</summary>
    public static byte[] Write(in MachineMemory memory) => new PayloadWriter()
        .Int64(memory.Total)
        .OptionalInt64(memory.Available)
        .OptionalDouble(memory.PressureSome10)
        .Written.ToArray();

    /// <summary>If the pressure is missing, it is unknown.</summary>
    /// <returns>False if the total is missing.</returns>
    public static bool TryRead(in RecordedEvent data, out MachineMemorySample sample)
    {
        var payload = data.Payload;
        var memory = new MachineMemory(payload.ReadInt64(), payload.ReadOptionalInt64(), null);
        sample = new MachineMemorySample(data.Seconds, memory);
        if (payload.Overrun || memory.Total < 0)
            return false;
        var pressure = payload.ReadOptionalDouble();
        sample = payload.Overrun ? sample : sample with { Memory = memory with { PressureSome10 = pressure } };
        return true;
    }
}
