using Memtrace.Nettrace;

namespace Memtrace.Events;

/// <summary>The recorder's event <c>ProcessMemory</c>, in bytes; -1 where unknown.</summary>
internal readonly record struct ProcessMemorySample(double Seconds, long Rss, long PeakRss) : IBounded
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
        ("Threads", FieldType.Int32));

    public long RssAnonymous { get; init; } = -1;
    public long RssFile { get; init; } = -1;
    public long RssShared { get; init; } = -1;
    public long Swap { get; init; } = -1;
    public long MajorFaults { get; init; } = -1;
    public long CpuTimeMs { get; init; } = -1;
    public int Threads { get; init; } = -1;

    /// <inheritdoc/>
    public bool IsPossible => Bounds.IsSizeOrUnknown(Rss) && Bounds.IsSizeOrUnknown(PeakRss) && Bounds.IsSizeOrUnknown(RssAnonymous)
        && Bounds.IsSizeOrUnknown(RssFile) && Bounds.IsSizeOrUnknown(RssShared) && Bounds.IsSizeOrUnknown(Swap);

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter()
        .Int64(Rss)
        .Int64(PeakRss)
        .Int64(RssAnonymous)
        .Int64(RssFile)
        .Int64(RssShared)
        .Int64(Swap)
        .Int64(MajorFaults)
        .Int64(CpuTimeMs)
        .Int32(Threads)
        .Written.ToArray();

    /// <summary>Without all fields after the first two, they are unknown.</summary>
    public static bool TryRead(in RecordedEvent data, out ProcessMemorySample sample)
    {
        var payload = data.Payload;
        sample = new ProcessMemorySample(data.Seconds, payload.ReadInt64(), payload.ReadInt64());
        if (payload.Overrun)
            return false;
        var whole = sample with
        {
            RssAnonymous = payload.ReadInt64(),
            RssFile = payload.ReadInt64(),
            RssShared = payload.ReadInt64(),
            Swap = payload.ReadInt64(),
            MajorFaults = payload.ReadInt64(),
            CpuTimeMs = payload.ReadInt64(),
            Threads = payload.ReadInt32(),
        };
        sample = payload.Overrun ? sample : whole;
        return true;
    }
}

/// <summary>The recorder's event <c>ContainerMemory</c>, in bytes; -1 where unknown or where there is no limit.</summary>
internal readonly record struct ContainerMemorySample(double Seconds, long Usage, long Limit, long OomKills) : IBounded
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

    public long Peak { get; init; } = -1;

    public long Anonymous { get; init; } = -1;

    public long File { get; init; } = -1;

    public long Kernel { get; init; } = -1;

    public double PressureSome10 { get; init; } = -1;

    public long Shared { get; init; } = -1;

    /// <summary>Whether all figures are possible. A huge limit stands for none.</summary>
    public bool IsPossible => Bounds.IsSizeOrUnknown(Usage) && Bounds.IsSizeOrUnknown(Peak) && Bounds.IsSizeOrUnknown(Anonymous)
        && Bounds.IsSizeOrUnknown(File) && Bounds.IsSizeOrUnknown(Kernel) && Bounds.IsSizeOrUnknown(Shared) && Bounds.IsPercentOrUnknown(PressureSome10);

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter()
        .Int64(Usage)
        .Int64(Limit)
        .Int64(OomKills)
        .Int64(Peak)
        .Int64(Anonymous)
        .Int64(File)
        .Int64(Kernel)
        .Double(PressureSome10)
        .Int64(Shared)
        .Written.ToArray();

    /// <summary>Three fields came first, then five, then the last: what an older event does not have is unknown.</summary>
    public static bool TryRead(in RecordedEvent data, out ContainerMemorySample sample)
    {
        var payload = data.Payload;
        sample = new ContainerMemorySample(data.Seconds, payload.ReadInt64(), payload.ReadInt64(), payload.ReadInt64());
        if (payload.Overrun)
            return false;
        var detailed = sample with
        {
            Peak = payload.ReadInt64(),
            Anonymous = payload.ReadInt64(),
            File = payload.ReadInt64(),
            Kernel = payload.ReadInt64(),
            PressureSome10 = payload.ReadDouble(),
        };
        sample = payload.Overrun ? sample : detailed;
        var shared = payload.ReadInt64();
        sample = payload.Overrun ? sample : sample with { Shared = shared };
        return true;
    }
}

/// <summary>The recorder's event <c>MachineMemory</c>, in bytes; -1 where unknown.</summary>
internal readonly record struct MachineMemorySample(double Seconds, long Total, long Available) : IBounded
{
    /// <summary>The event's id and fields.</summary>
    public static EventDescription Description { get; } = new(
        (int)RecorderEvent.MachineMemory,
        "MachineMemory",
        ("Total", FieldType.Int64),
        ("Available", FieldType.Int64),
        ("PressureSome10", FieldType.Double));

    public double PressureSome10 { get; init; } = -1;

    /// <inheritdoc/>
    public bool IsPossible => Bounds.IsSizeOrUnknown(Total) && Bounds.IsSizeOrUnknown(Available) && Bounds.IsPercentOrUnknown(PressureSome10);

    /// <summary>The payload.</summary>
    public byte[] Write() => new PayloadWriter().Int64(Total).Int64(Available).Double(PressureSome10).Written.ToArray();

    public static bool TryRead(in RecordedEvent data, out MachineMemorySample sample)
    {
        var payload = data.Payload;
        sample = new MachineMemorySample(data.Seconds, payload.ReadInt64(), payload.ReadInt64());
        if (payload.Overrun)
            return false;
        var pressure = payload.ReadDouble();
        sample = payload.Overrun ? sample : sample with { PressureSome10 = pressure };
        return true;
    }
}
