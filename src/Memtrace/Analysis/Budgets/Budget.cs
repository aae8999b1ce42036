using System.Collections.Immutable;
using System.IO.Enumeration;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Budgets;

/// <summary>A limit of a figure.</summary>
/// <param name="Measure">The figure.</param>
/// <param name="Pattern">Restricts allocations to types and call sites whose whole name matches, with * for any characters and ? for one; null for all.</param>
/// <param name="Limit">The limit, in bytes or bytes per second.</param>
public sealed record Budget(BudgetMeasure Measure, string? Pattern, double Limit)
{
    /// <summary>Its name: <c>peakRss</c>, <c>allocated: Shop.*</c>.</summary>
    public string Title => Pattern is null ? Measure.Name : $"{Measure.Name}: {Pattern}";

    /// <summary>The unit of time in which a rate is written.</summary>
    internal TimeUnit Per { get; init; } = TimeUnit.Second;

    /// <summary>Checks a recording. A sampled figure exceeds the limit if its whole 95% interval is above it.</summary>
    /// <param name="profile">The recording.</param>
    public BudgetOutcome Check(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (Measure.Of(profile) is not { } total)
            return new BudgetOutcome(this, null, []);
        ImmutableArray<SiteAllocations> sites = Measure == BudgetMeasure.Allocated ? [.. profile.Allocations.Sites.Where(Matches)] : [];
        var amount = Pattern is null ? total : sites.Aggregate(Estimate.Zero, (sum, site) => sum + site.Allocated);
        return new BudgetOutcome(this, amount, sites);
    }

    /// <summary>An amount of the figure, as people read it.</summary>
    /// <param name="amount">The amount.</param>
    public string Format(double amount) => Measure.IsRate ? ByteSize.FormatRate(amount, Per) : ByteSize.Format(amount);

    private bool Matches(SiteAllocations site) => Pattern is null || Matches(site.Type) || (site.Site is { } frame && Matches(frame.Method));

    private bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}

/// <summary>The result of a budget.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Amount">The figure; null if the recording does not have it.</param>
/// <param name="Sites">Where it was allocated, heaviest first; empty for other figures.</param>
public sealed record BudgetOutcome(Budget Budget, Estimate? Amount, ImmutableArray<SiteAllocations> Sites)
{
    private const int MaxSites = 3;

    /// <summary>Whether the figure exceeds the limit beyond its error.</summary>
    public bool IsExceeded => Amount is { HasTooFewSamples: false } amount && amount.LowBytes > Budget.Limit;

    /// <summary>In one line: <c>peakRss: 250.0 MiB, the budget is 200.0 MiB</c>.</summary>
    public string Text => $"{Budget.Title}: {AmountText}, the budget is {Budget.Format(Budget.Limit)}";

    /// <summary>The figure with its error.</summary>
    public string AmountText => Amount switch
    {
        null => "unknown",
        _ when Budget.Pattern is not null && Sites.IsEmpty => "0 B (no sample matches)",
        { Bytes: 0 } when Budget.Measure.IsRate => "none beyond its error",
        { ErrorBytes: > 0 } amount => $"{Budget.Format(amount.Bytes)} ± {Budget.Format(amount.ErrorBytes)}",
        { } amount => Budget.Format(amount.Bytes),
    };

    /// <summary>The call sites that allocated most of it, if the limit is exceeded.</summary>
    public IEnumerable<string> Culprits => IsExceeded
        ? Sites.Take(MaxSites).Select(site => $"{ByteSize.Format(site.Allocated.Bytes)} of {site.Type} by {site.Site?.Place ?? "(no call stack)"}")
        : [];
}
