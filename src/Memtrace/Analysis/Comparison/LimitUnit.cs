namespace Memtrace.Analysis.Comparison;

/// <summary>The unit of the limit of a <see cref="FailCondition"/>.</summary>
internal enum LimitUnit
{
    /// <summary>Percent of the amount before.</summary>
    Percent,

    /// <summary>Bytes, not normalized.</summary>
    Bytes,

    /// <summary>Bytes per second.</summary>
    BytesPerSecond,
}
