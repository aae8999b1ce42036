using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>RuntimeInformation: which runtime, started how.</summary>
internal readonly record struct RuntimeFacts(string Version, bool ServerGc, bool ConcurrentGc);

/// <summary>ProcessInfo of provider Microsoft-DotNETCore-EventPipe.</summary>
internal readonly record struct ProcessFacts(string CommandLine, string OperatingSystem, string Architecture);

/// <summary>Our own event <c>Process</c>; the fields are those of docs/recording-format.md.</summary>
internal readonly record struct RecordedProcess(
    int ProcessId,
    string Name,
    string CommandLine,
    string RuntimeVersion,
    string Architecture,
    string OperatingSystem,
    int ProcessorCount,
    AllocationSampling Sampling,
    bool SurvivalTracking);

/// <summary>Our own event <c>ProcessMemory</c>, in bytes; -1 where unknown.</summary>
internal readonly record struct ProcessMemorySample(double Seconds, long Rss, long PeakRss)
{
    public long RssFile { get; init; } = -1;
    public long Swap { get; init; } = -1;
    public long MajorFaults { get; init; } = -1;
    public int Threads { get; init; } = -1;
}

/// <summary>Our own event <c>ContainerMemory</c>, in bytes; -1 where unknown or where there is no limit.</summary>
internal readonly record struct ContainerMemorySample(double Seconds, long Usage, long Limit, long OomKills)
{
    public long Peak { get; init; } = -1;

    public long Anonymous { get; init; } = -1;

    public long File { get; init; } = -1;

    public long Kernel { get; init; } = -1;

    public double PressureSome10 { get; init; } = -1;

    public long Shared { get; init; } = -1;
}

/// <summary>Our own event <c>MachineMemory</c>, in bytes.</summary>
internal readonly record struct MachineMemorySample(double Seconds, long Total, long Available);

/// <summary>Our own event <c>SurvivalStopped</c>.</summary>
internal readonly record struct SurvivalStop(double Seconds, double PauseMs, string Detail);

/// <summary>Our own event <c>End</c>.</summary>
internal readonly record struct RecordingEnd(double Seconds, string Reason, int ExitCode, int Signal, string Detail);
