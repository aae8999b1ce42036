using System.Globalization;

namespace Memtrace.Profiles;

/// <summary>A recorded process. A member is null if it is unknown.</summary>
/// <param name="Id">Process id, on the recording machine; 0 if unknown.</param>
/// <param name="Name">Short name.</param>
/// <param name="CommandLine">Complete command line.</param>
/// <param name="RuntimeVersion">Version of the .NET runtime, such as <c>10.0.12</c>.</param>
/// <param name="Architecture">Processor architecture, such as <c>x64</c>.</param>
/// <param name="OperatingSystem">Operating system, such as <c>Linux</c>.</param>
/// <param name="ProcessorCount">Logical processors that the process sees; 0 if unknown.</param>
/// <param name="ServerGc">Whether the Server GC is on.</param>
/// <param name="ConcurrentGc">Whether background collections are on.</param>
public sealed record ProcessDescription(
    int Id,
    string? Name,
    string? CommandLine,
    string? RuntimeVersion,
    string? Architecture,
    string? OperatingSystem,
    int ProcessorCount,
    bool? ServerGc,
    bool? ConcurrentGc)
{
    /// <summary>Whether the program was compiled ahead of time (NativeAOT): its events have no type names, no stacks and no survival.</summary>
    public bool? IsAheadOfTime { get; init; }

    /// <summary>The runtime's major version, or null if unknown.</summary>
    internal int? RuntimeMajor => int.TryParse(RuntimeVersion?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
}
