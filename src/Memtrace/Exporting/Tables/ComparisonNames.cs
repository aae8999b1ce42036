using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>What the words of a comparison are in data.</summary>
public static class ComparisonNames
{
    /// <summary>The name of a metric.</summary>
    /// <param name="metric">The metric.</param>
    public static string Of(ComparisonMetric metric) => metric switch
    {
        ComparisonMetric.Allocated => "allocated",
        ComparisonMetric.Live => "live",
        ComparisonMetric.Peak => "peak",
        _ => "rss",
    };

    /// <summary>The name of a tag; empty for none.</summary>
    /// <param name="tag">The tag.</param>
    public static string Of(ChangeTag tag) => tag switch
    {
        ChangeTag.New => "new",
        ChangeTag.Gone => "gone",
        ChangeTag.Grown => "grown",
        ChangeTag.Shrunk => "shrunk",
        _ => "",
    };

    /// <summary>The name of a unit.</summary>
    /// <param name="unit">The unit.</param>
    public static string Of(AmountUnit unit) => unit switch
    {
        AmountUnit.BytesPerSecond => "bytesPerSecond",
        AmountUnit.Share => "share",
        _ => "bytes",
    };

    /// <summary>The name of a normalization.</summary>
    /// <param name="normalization">The normalization.</param>
    public static string Of(Normalization normalization) => normalization switch
    {
        Normalization.Seconds => "seconds",
        Normalization.Bytes => "bytes",
        _ => "none",
    };
}
