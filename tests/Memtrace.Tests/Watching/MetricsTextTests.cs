using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.TestSupport.Profiles;
using Memtrace.Watching;
using Memtrace.Watching.Metrics;

namespace Memtrace.Tests.Watching;

public sealed class MetricsTextTests
{
    private static readonly MetricFamily Counter = new(
        "a", MetricKind.Counter, "s", "Time.", [new MetricSample([new("a.type", "a\\b\"c\nd\ud800")], 1.5)]);

    [Fact]
    public void OpenMetrics_names_the_family_without_its_suffix() => Assert.Equal(
        "# HELP a_seconds Time.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total{a_type=\"a\\\\b\\\"c\\nd\ufffd\"} 1.5\n# EOF\n", MetricsText.WriteOpenMetrics([Counter]));

    [Fact]
    public void The_plain_format_names_it_with_its_suffix() => Assert.Equal(
        "# HELP a_seconds_total Time.\n# TYPE a_seconds_total counter\na_seconds_total{a_type=\"a\\\\b\\\"c\\nd\ufffd\"} 1.5\n", MetricsText.WritePlain([Counter]));

    [Fact]
    public void Names_end_with_their_unit_and_only_totals_grow()
    {
        var families = Families(SampleProfiles.Live);

        Assert.All(families, family => Assert.EndsWith(family.PrometheusUnit, family.PrometheusName, StringComparison.Ordinal));
        Assert.All(families, family => Assert.Matches("^[a-z0-9_]+$", family.PrometheusName));
        Assert.Equal(families.Count, families.Select(family => family.Name).Distinct().Count());
    }

    [Fact]
    public void Labels_are_bounded_and_no_two_samples_have_the_same()
    {
        var families = Families(SampleProfiles.Hostile);

        Assert.All(families.SelectMany(family => family.Samples), sample => Assert.All(sample.Attributes, attribute => Assert.InRange(attribute.Value.Length, 0, 203)));
        Assert.All(families, family => Assert.InRange(family.Samples.Length, 1, 10));
        Assert.All(families, family => Assert.Equal(family.Samples.Length, family.Samples.Select(sample => string.Join('\n', sample.Attributes)).Distinct().Count()));
    }

    [Fact]
    public void Without_processes_there_are_no_metrics_of_processes() => Assert.Empty(new WatcherMetrics([], []).ByName());

    [Fact]
    public void Each_metric_stands_once_with_the_samples_of_all_processes()
    {
        var resource = ResourceAttributes.Of("App", 1, [], new Dictionary<string, string>());
        ImmutableArray<MetricFamily> families = [.. Families(SampleProfiles.Live)];

        var joined = new WatcherMetrics([new(resource, "App", 1, families), new(resource, "App", 2, families)], []).ByName().ToList();

        Assert.Equal(families.Select(family => family.Name), joined.Select(family => family.Name));
        Assert.Equal(["1", "2"], joined[0].Samples.Select(sample => sample.Attributes.Single(attribute => attribute.Key == "pid").Value));
    }

    private static List<MetricFamily> Families(MemoryProfile profile) => [.. MetricCatalog.Of(profile), .. MetricCatalog.OfAllocations(profile)];
}
