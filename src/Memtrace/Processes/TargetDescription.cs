namespace Memtrace.Processes;

/// <summary>A target, described by its runtime and the operating system. Unknown strings are empty, unknown numbers 0.</summary>
/// <param name="ProcessId">Process id; for a process in a container that is not visible from here, its id there.</param>
/// <param name="Name">Short name: the application's, not <c>dotnet</c>.</param>
/// <param name="CommandLine">Complete command line.</param>
/// <param name="RuntimeVersion">Version of the .NET runtime, such as <c>10.0.12</c>; empty before .NET 6.</param>
/// <param name="Architecture">Processor architecture, such as <c>x64</c>.</param>
/// <param name="OperatingSystem">Operating system, such as <c>Linux</c>.</param>
/// <param name="ProcessorCount">Logical processors that the process may run on.</param>
internal sealed record TargetDescription(
    int ProcessId,
    string Name,
    string CommandLine,
    string RuntimeVersion,
    string Architecture,
    string OperatingSystem,
    int ProcessorCount)
{
    /// <summary>Whether the program was compiled ahead of time (NativeAOT): its events have no type names, no stacks and no survival. Null if unknown.</summary>
    public bool? IsAheadOfTime { get; init; }
}
