using Memtrace.TestSupport.Profiles;
using Memtrace.Watching.Metrics;

namespace Memtrace.Tests.Watching;

public sealed class MetricsTextTests
{
    private static readonly MetricFamily Counter = new(
        "a_seconds", MetricKind.Counter, "seconds", "Time.", [new MetricSample([new("type", "a\\b\"c\nd\ud800")], 1.5)]);

    [Fact]
    public void OpenMetrics_names_the_family_without_its_suffix() => Assert.Equal(
        "# HELP a_seconds Time.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total{type=\"a\\\\b\\\"c\\nd\ufffd\"} 1.5\n# EOF\n", MetricsText.WriteOpenMetrics([Counter]));

    [Fact]
    public void The_plain_format_names_it_with_its_suffix() => Assert.Equal(
        "# HELP a_seconds_total Time.\n# TYPE a_seconds_total counter\na_seconds_total{type=\"a\\\\b\\\"c\\nd\ufffd\"} 1.5\n", MetricsText.WritePlain([Counter]));

    [Fact]
    public void Names_end_with_their_unit_and_only_totals_grow()
    {
        var families = MetricCatalog.Of([SampleProfiles.Live]).ToList();

        Assert.All(families, family => Assert.EndsWith(family.Unit, family.Name, StringComparison.Ordinal));
        Assert.All(families, family => Assert.Matches("^[a-z0-9_]+$", family.Name));
        Assert.Equal(families.Count, families.Select(family => family.Name).Distinct().Count());
    }

    [Fact]
    public void Labels_are_bounded_and_no_two_samples_have_the_same()
    {
        var families = MetricCatalog.Of([SampleProfiles.Hostile]).ToList();

        Assert.All(families.SelectMany(family => family.Samples), sample => Assert.All(sample.Labels, label => Assert.InRange(label.Value.Length, 0, 203)));
        Assert.All(families, family => Assert.InRange(family.Samples.Length, 1, 10));
        Assert.All(families, family => Assert.Equal(family.Samples.Length, family.Samples.Select(sample => string.Join('\n', sample.Labels)).Distinct().Count()));
    }

    [Fact]
    public void Without_processes_there_are_no_metrics_of_processes() => Assert.Empty(MetricCatalog.Of([]));
}
