using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What a comparison shows, and how.</summary>
internal sealed record DiffOptions
{
    /// <summary>The view.</summary>
    public DiffView View { get; init; } = DiffView.Summary;

    /// <summary>The only metric, or null for all.</summary>
    public ComparisonMetric? Metric { get; init; }

    /// <summary>Lines in each list; null for the view's default.</summary>
    public int? Top { get; init; }

    /// <summary>The regular expression that the amounts were filtered by, or null.</summary>
    public string? Filter { get; init; }

    /// <summary>Lines in each list on the screen.</summary>
    public int Lines => Top ?? View.Top;
}
