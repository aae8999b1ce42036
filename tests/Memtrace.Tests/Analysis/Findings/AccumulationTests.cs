using Memtrace.Analysis.Findings;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Findings;

public sealed class AccumulationTests
{
    [Fact]
    public void What_objects_hold_belongs_to_them()
    {
        var order = Site("Shop.Order", 10, "static Shop.Cache.Orders", "Dictionary");
        var lines = Site("Shop.Line[]", 30, "static Shop.Cache.Orders", "Dictionary", "Shop.Order", "List");
        var node = Site("Node", 20, "static Shop.Cache.Orders", "Dictionary");
        var alert = Site("Shop.Alert", 50, "static Shop.Feed.Changed", "EventHandler");

        var found = Accumulation.Of([alert, lines, node, order]);

        Assert.Equal([("Shop.Order", 60, 3), ("Shop.Alert", 50, 1)], found.Select(leak => (leak.Head.Type, leak.BytesPerSecond, leak.Sites.Length)));
    }

    [Fact]
    public void What_only_shares_a_root_does_not()
    {
        var found = Accumulation.Of([Site("Shop.Order", 10, "static Shop.App.Services", "Shop.Cache"), Site("Shop.Session", 20, "static Shop.App.Services", "Shop.Store", "Shop.Order", "List")]);

        Assert.Equal(["Shop.Session", "Shop.Order"], found.Select(leak => leak.Head.Type));
    }

    [Fact]
    public void Without_holders_each_site_is_alone()
    {
        var found = Accumulation.Of([Site("Shop.Order", 10), Site("Shop.Line", 20)]);

        Assert.Equal(["Shop.Line", "Shop.Order"], found.Select(leak => leak.Head.Type));
    }

    private static GrowthSite Site(string type, double growth, params string[] path) => new(type, null, growth, 1, 0, 1, [])
    {
        HeldBy = path.Length > 0 ? new SiteHolder([.. path.Select((name, i) => new HeapStep(name, i == 0 ? HeapRootKind.Static : null, 1, 1))], 1) : null,
    };
}
