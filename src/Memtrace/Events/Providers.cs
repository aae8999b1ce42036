namespace Memtrace.Events;

/// <summary>The names of the providers whose events this tool reads or writes.</summary>
internal static class Providers
{
    /// <summary>The runtime's events.</summary>
    public const string Runtime = "Microsoft-Windows-DotNETRuntime";

    /// <summary>The runtime's rundown: what already exists when a session starts or stops.</summary>
    public const string Rundown = "Microsoft-Windows-DotNETRuntimeRundown";

    /// <summary>EventPipe's own events: facts about the process.</summary>
    public const string EventPipe = "Microsoft-DotNETCore-EventPipe";

    /// <summary>The runtime's event counters.</summary>
    public const string Counters = "System.Runtime";

    /// <summary>This tool's recorder. Its events: docs/recording-format.md.</summary>
    public const string Recorder = "Dotnet-Memtrace";
}
