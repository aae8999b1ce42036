using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>Compares two recordings.</summary>
internal static class ProfileComparer
{
    private static readonly ImmutableArray<ComparisonMetric> DetailedMetrics = [ComparisonMetric.Allocated, ComparisonMetric.Live, ComparisonMetric.Peak];

    /// <summary>Compares two recordings. A metric that one of them does not have is left out; <see cref="MetricAmounts.Missing"/> says why.</summary>
    /// <param name="before">The recording before.</param>
    /// <param name="after">The recording after.</param>
    /// <param name="options">What to compare.</param>
    /// <exception cref="RegexMatchTimeoutException">The filter has a timeout, and matching took longer.</exception>
    public static ProfileComparison Compare(MemoryProfile before, MemoryProfile after, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(options);
        var metrics = DetailedMetrics.Where(metric => options.Metric is null || options.Metric == metric);
        return new ProfileComparison(
            before, after, options.Normalization, [.. metrics.Select(metric => Compare(before, after, metric, options)).OfType<MetricComparison>()]);
    }

    private static MetricComparison? Compare(MemoryProfile before, MemoryProfile after, ComparisonMetric metric, ComparisonOptions options)
    {
        if (Amounts(before, metric, options.Filter) is not { } amountsBefore || Amounts(after, metric, options.Filter) is not { } amountsAfter)
            return null;
        var test = new NoiseTest(Scale.Of(metric, options.Normalization, before), Scale.Of(metric, options.Normalization, after));
        var (stacksBefore, stacksAfter) = (CrossBuildNames.Apply(amountsBefore.Stacks), CrossBuildNames.Apply(amountsAfter.Stacks));
        var stacks = new StackPair(OuterTypeNames.Align(stacksBefore, stacksAfter), OuterTypeNames.Align(stacksAfter, stacksBefore));
        return new MetricComparison(
            metric,
            test.Compare(amountsBefore.Total, amountsAfter.Total),
            Ordered(stacks.GroupBy(item => item.Type).Select(Type), type => type.Change),
            Ordered(stacks.GroupBy(SiteKey).Select(Site), site => site.Change),
            options.Tree ? CallTreeMerger.Merge(stacks, test) : null);

        TypeChange Type(AmountPair pair) => new(pair.Example.Type, test.Compare(pair.Before, pair.After));
        SiteChange Site(AmountPair pair) => new(pair.Example.Type, SiteOf(pair.Example), test.Compare(pair.Before, pair.After));
    }

    private static AllocationProfile? Amounts(MemoryProfile profile, ComparisonMetric metric, Regex? filter)
    {
        var amounts = MetricAmounts.Of(profile, metric);
        return amounts is null || filter is null ? amounts : new ProfileFilter(filter).Apply(amounts);
    }

    // Different lines of a method are the same site: lines move with every edit above them.
    private static (string Type, string? Method, string? Module) SiteKey(StackAllocations item) =>
        SiteOf(item) is { } site ? (item.Type, site.Method, site.Module) : (item.Type, null, null);

    private static Frame? SiteOf(StackAllocations item) => CallSite.Of(item.Type, item.Stack).Frame;

    private static ImmutableArray<TItem> Ordered<TItem>(IEnumerable<TItem> items, Func<TItem, Change> change) =>
        [.. items.OrderByDescending(item => change(item).Significant).ThenByDescending(item => Math.Abs(change(item).Difference))];
}
