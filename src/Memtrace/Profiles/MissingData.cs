namespace Memtrace.Profiles;

/// <summary>What a recording lacks, so that a question about it cannot be answered.</summary>
public enum MissingData
{
    /// <summary>It has no allocation events.</summary>
    Allocations,

    /// <summary>It does not say which objects survived collections.</summary>
    Survival,

    /// <summary>It has no readings of the resident set.</summary>
    ResidentSet,
}
