using Memtrace.Watching;
using Memtrace.Watching.Continuous;

namespace Memtrace.Tests.Watching.Continuous;

public sealed class SeriesNameTests
{
    [Theory]
    [InlineData("shop", "shop")]
    [InlineData("Shop.Api/v1-x_y", "Shop.Api/v1-x_y")]
    [InlineData("Mein Dienst{a=b}", "Mein_Dienst_a_b_")]
    [InlineData("注文", "__")]
    public void The_name_of_a_service_has_only_what_is_accepted(string service, string expected) =>
        Assert.StartsWith(expected + "{", Name(("service_name", service)), StringComparison.Ordinal);

    [Fact]
    public void Labels_follow_the_rules_of_Prometheus_and_no_value_ends_early()
    {
        var name = Name(("k8s.pod.name", "shop-7f9c"), ("9lives", " a,b}c{d=e "));

        Assert.Contains("k8s_pod_name=shop-7f9c", name, StringComparison.Ordinal);
        Assert.Contains("_9lives=a_b_c_d=e", name, StringComparison.Ordinal);
        Assert.DoesNotContain("service_name", name, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_not_more_labels_than_are_accepted_and_none_is_too_long()
    {
        var labels = Name([.. Enumerable.Range(0, 100).Select(i => ($"l{i}", new string('x', 10_000)))]).Split('{')[1].Split(',');

        Assert.InRange(labels.Length, 1, 25);
        Assert.All(labels, label => Assert.InRange(label.Length, 1, 600));
    }

    private static string Name(params (string Key, string Value)[] labels) =>
        SeriesName.Of(ResourceAttributes.Of("App", 12, [], labels.ToDictionary(label => label.Key, label => label.Value)));
}
