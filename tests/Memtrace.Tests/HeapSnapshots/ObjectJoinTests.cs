using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;
using static Memtrace.TestSupport.HeapSnapshots.SampleRecording;

namespace Memtrace.Tests.HeapSnapshots;

/// <summary>Tracked objects of recordings in made-up heaps.</summary>
public sealed class ObjectJoinTests
{
    private const int Sampled = 40;

    private static readonly Frame Next = Frame("Shop.Generator.Next", 16);
    private static readonly Frame Load = Frame("Shop.Store.Load", 7);

    [Fact]
    public void Retainers_and_suspects_have_the_call_sites_of_what_they_hold()
    {
        using var heap = SampleHeaps.StaticDictionary(20_000);

        var profile = heap.Describe(SampleRecording.Of(Orders(Next, Sampled).Concat(Texts(Load, Sampled / 4))));

        var suspect = Assert.Single(profile.Suspects);
        Assert.Equal(
            [("Shop.Order", Next, Sampled * SampleBytes, Sampled), ("System.String", Load, 10 * SampleBytes, 10)],
            suspect.AllocatedAt!.Value.Select(site => (site.Type, site.Site, site.Held.Bytes, (int)site.Held.Samples)));
        Assert.Contains("They are allocated in Shop.Generator.Next (Shop.cs:16)", suspect.Title, StringComparison.Ordinal);
        Assert.Equal(2, profile.Retainers[0].AllocatedAt!.Value.Length);
        var keys = profile.Retainers[0].Children.Single(child => child.Path[0].Name == "System.String");
        Assert.Empty(keys.AllocatedAt!.Value);
        var orders = profile.Types.Single(type => type.Type == "Shop.Order");
        Assert.Equal([(Next, Sampled * SampleBytes)], orders.AllocatedAt!.Value.Select(site => (site.Site, site.Held.Bytes)));
    }

    [Fact]
    public void It_says_how_many_objects_are_in_the_snapshot()
    {
        using var heap = SampleHeaps.StaticDictionary(1000);
        var moved = Object(HeapScript.AddressOf(0) + 8, "Shop.Order", Next);
        var reused = Object(HeapScript.AddressOf(1), "Shop.Invoice", Next);
        var smaller = Object(HeapScript.AddressOf(3), "Shop.Order", Next) with { SizeBytes = 180 };

        var profile = heap.Describe(SampleRecording.Of([.. Orders(Next, Sampled).Select(item => item with { SizeBytes = 196 }), moved, reused, smaller]));

        Assert.Equal(new JoinedRecording("shop.nettrace", AllocationSampling.Randomized, Sampled + 3, Sampled, Reused: 2) { FoundShare = (double)Sampled / (Sampled + 3) }, profile.Recording);
    }

    [Theory]
    [InlineData("Shop.Outer.Node<System.Int64, Shop.Order>", "Node<System.Int64, Shop.Order>", true)]
    [InlineData("Shop.Outer<System.Int64>.Node<Shop.Order>", "Node<System.Int64, Shop.Order>", true)]
    [InlineData("Node<System.Int64, Shop.Order>", "Shop.Outer<System.Int64>.Node<Shop.Order>", true)]
    [InlineData("Node[]", "Shop.Outer.Node[]", true)]
    [InlineData("Entry<System.Int32, Event>[]", "System.Collections.Generic.Dictionary<System.Int32, Shop.Source.Event>.Entry[]", true)]
    [InlineData("Shop.Outer<System.Int64>.Node", "Shop.Other<System.Int32>.Node", false)]
    [InlineData("Shop.Order[]", "Shop.Order[]", true)]
    [InlineData("Shop.Order[]", "Shop.Order", false)]
    [InlineData("System.Collections.Generic.List<Shop.Order>", "System.Collections.Generic.List<Shop.Item>", false)]
    public void Types_are_the_same_with_and_without_their_enclosing_type(string recorded, string type, bool isSame)
    {
        using var heap = new HeapScript();
        heap.Root(HeapRootKind.Static, "Shop.Store.First", heap.Add(type, 24));

        var found = heap.Describe(SampleRecording.Of([Object(HeapScript.AddressOf(0), recorded, Next)])).Recording!;

        Assert.Equal(isSame ? (1, 0) : (0, 1), (found.Found, found.Reused));
    }

    [Fact]
    public void Growth_is_reported_with_the_share_that_a_branch_holds()
    {
        using var heap = new HeapScript();
        var cached = heap.AddMany(3000, "Shop.Order", 2000);
        var queued = heap.AddMany(1000, "Shop.Order", 2000);
        heap.Root(HeapRootKind.Static, "Shop.Cache.Orders", heap.Add("Shop.Order[]", 24_024, cached));
        heap.Root(HeapRootKind.Static, "Shop.Queue.Orders", heap.Add("Shop.Order[]", 8_024, queued));
        var recording = SampleRecording.Of([.. cached[..30].Concat(queued[..10]).Select(item => Object(HeapScript.AddressOf(item), "Shop.Order", Next))], Growing("Shop.Order", Next, 1 << 20));

        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);
        var profile = analysis.Describe(null, recording);
        var growth = Assert.Single(analysis.Explain(recording).Live!.Growth);

        Assert.Equal([0.75 * (1 << 20), 0.25 * (1 << 20)], profile.Suspects.Select(suspect => suspect.GrowthBytesPerSecond!.Value));
        Assert.Contains("grow by 768.0 KiB/s", profile.Suspects[0].Title, StringComparison.Ordinal);
        Assert.Equal(["static Shop.Cache.Orders", "Shop.Order[]"], growth.HeldBy!.Path.Select(step => step.Name));
        Assert.Equal(0.75, growth.HeldBy.Share);
    }

    [Fact]
    public void Handlers_of_an_event_are_one_step()
    {
        using var heap = SampleHeaps.Event(200);
        var windows = Enumerable.Range(0, 400).Where(item => item % 2 == 0).Take(20).Select(item => Object(HeapScript.AddressOf(item), "Shop.Window", Next));

        var growth = Growth(heap, SampleRecording.Of(windows, Growing("Shop.Window", Next, 1000)));

        Assert.Equal(["static Shop.Events.Source", "Shop.Publisher", "System.EventHandler"], growth.HeldBy!.Path.Select(step => step.Name));
        Assert.True(growth.HeldBy.Path[^1].IsEvent);
    }

    [Fact]
    public void Objects_that_nothing_holds_have_no_holder()
    {
        using var heap = new HeapScript();
        heap.Add("Shop.Order", 24);

        var growth = Growth(heap, SampleRecording.Of([Object(HeapScript.AddressOf(0), "Shop.Order", Next)], Growing("Shop.Order", Next, 1000)));

        Assert.Null(growth.HeldBy);
    }

    [Fact]
    public void Without_a_recording_nothing_is_known_of_call_sites()
    {
        using var heap = SampleHeaps.StaticDictionary(20_000);
        var profile = heap.Describe();

        Assert.Null(profile.Recording);
        Assert.Null(profile.Suspects[0].AllocatedAt);
        Assert.Null(profile.Retainers[0].AllocatedAt);
    }

    [Fact]
    public void Recordings_that_cannot_have_the_objects_are_refused_with_the_reason()
    {
        using var heap = SampleHeaps.StaticDictionary(10);
        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);
        var fits = SampleRecording.Of(Orders(Next, 5));
        var (objects, started) = (fits.Live!.Objects, fits.Recording.StartedAt!.Value);

        AssertRefused("process 43", fits with { Process = fits.Process with { Id = 43 } });
        AssertRefused("which objects survive", fits with { Live = null });
        AssertRefused("does not have the collection", fits with { Live = fits.Live with { Objects = [objects[0] with { Collection = 8 }] } });
        AssertRefused("does not have the collection", fits with { Recording = fits.Recording with { StartedAt = started.AddDays(1) } });

        void AssertRefused(string reason, MemoryProfile recording) =>
            Assert.Contains(reason, Assert.Throws<HeapSnapshotException>(() => analysis.Describe(null, recording)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_that_does_not_name_its_collection_is_refused()
    {
        using var heap = SampleHeaps.StaticDictionary(10);
        using var built = heap.Build();
        using var snapshot = new HeapSnapshot(built.Graph, built.Facts with { CollectionNumber = null });
        using var analysis = new HeapAnalysis(snapshot);

        Assert.Contains("does not name its collection", Assert.Throws<HeapSnapshotException>(() => analysis.Describe(null, SampleRecording.Of([]))).Message, StringComparison.Ordinal);
    }

    private static GrowthSite Growth(HeapScript heap, MemoryProfile recording)
    {
        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);
        return Assert.Single(analysis.Explain(recording).Live!.Growth);
    }

    private static IEnumerable<LiveObject> Texts(Frame site, int count) =>
        Enumerable.Range(0, count).Select(i => Object(HeapScript.AddressOf(2 * i), "System.String", site));
}
