using Memtrace.Exporting;

namespace Memtrace.Tests.Exporting;

public sealed class AllocationSelectionTests
{
    [Theory]
    [InlineData(AllocationOrder.Bytes, "Entry[]", "Byte[]", "Order")]
    [InlineData(AllocationOrder.Objects, "Order", "String", "Object")]
    [InlineData(AllocationOrder.Samples, "Entry[]", "Byte[]", "Order")]
    [InlineData(AllocationOrder.Name, "Order", "Byte[]", "Entry[]")]
    public void Types_are_ordered(object order, params string[] expected)
    {
        var types = new AllocationSelection((AllocationOrder)order, 3).Apply(SampleProfiles.Shop.Allocations).Types;
        Assert.Equal(expected, types.Select(type => type.Type.Split('.')[^1]));
    }

    [Fact]
    public void Sites_are_ordered_by_method()
    {
        var sites = new AllocationSelection(AllocationOrder.Name, null).Apply(SampleProfiles.Shop.Allocations).Sites;
        Assert.Equal(sites.Select(site => site.Site?.Method).Order(StringComparer.Ordinal), sites.Select(site => site.Site?.Method));
    }

    [Fact]
    public void Totals_stay_as_they_are()
    {
        var allocations = SampleProfiles.Shop.Allocations;
        var selected = new AllocationSelection(AllocationOrder.Bytes, 1).Apply(allocations);
        Assert.Equal(allocations.Total, selected.Total);
        Assert.Single(selected.Types);
        Assert.Single(selected.Sites);
    }
}
