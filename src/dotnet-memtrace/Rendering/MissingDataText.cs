using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Words what a recording lacks, and how to record it.</summary>
internal static class MissingDataText
{
    /// <summary>The rest of a sentence about the recording.</summary>
    /// <param name="missing">What it lacks.</param>
    public static string Of(MissingData missing) => missing switch
    {
        MissingData.Allocations => "has no allocation events",
        MissingData.Survival => "has no survival data (record with 'dotnet-memtrace collect --live')",
        _ => "has no readings of the resident set (record with 'dotnet-memtrace collect')",
    };
}
