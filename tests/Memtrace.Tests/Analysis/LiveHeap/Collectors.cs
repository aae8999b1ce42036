namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>The garbage collectors that a program can have.</summary>
internal static class Collectors
{
    /// <summary>The variables that give a program a collector.</summary>
    public static (string Name, string Value)[] Environment(string collector) => collector switch
    {
        "workstation" => [],
        "non-concurrent" => [("DOTNET_gcConcurrent", "0")],
        "server" => [("DOTNET_gcServer", "1"), ("DOTNET_GCDynamicAdaptationMode", "0"), ("DOTNET_GCHeapCount", "4"), ("DOTNET_GCNoAffinitize", "1")],
        "server, adapting" => [("DOTNET_gcServer", "1"), ("DOTNET_GCDynamicAdaptationMode", "1")],
        "segments" => [("DOTNET_GCName", "libclrgc.so")],
        "segments, server" => [("DOTNET_GCName", "libclrgc.so"), ("DOTNET_gcServer", "1")],
        "conserving" => [("DOTNET_GCConserveMemory", "7")],
        "small budget" => [("DOTNET_GCgen0size", "400000")],
        _ => throw new ArgumentOutOfRangeException(nameof(collector)),
    };
}
