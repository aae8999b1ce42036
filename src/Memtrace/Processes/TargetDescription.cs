namespace Memtrace.Processes;

/// <summary>A target, as it and the operating system describe it. A text is empty and a number 0 where it is not known.</summary>
/// <param name="ProcessId">Process id; inside a container that cannot be seen from here, its id there.</param>
/// <param name="Name">Short name: the application's, not that of <c>dotnet</c>.</param>
/// <param name="CommandLine">Complete command line.</param>
/// <param name="RuntimeVersion">Version of the .NET runtime, such as <c>10.0.12</c>; empty before .NET 6.</param>
/// <param name="Architecture">Processor architecture, such as <c>x64</c>.</param>
/// <param name="OperatingSystem">Operating system, such as <c>Linux</c>.</param>
/// <param name="ProcessorCount">Logical processors that the process may run on.</param>
public sealed record TargetDescription(
    int ProcessId,
    string Name,
    string CommandLine,
    string RuntimeVersion,
    string Architecture,
    string OperatingSystem,
    int ProcessorCount);
