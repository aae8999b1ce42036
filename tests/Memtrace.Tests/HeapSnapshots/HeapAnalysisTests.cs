using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tests.HeapSnapshots;

public sealed class HeapAnalysisTests
{
    [Fact]
    public void Types_are_counted_and_what_they_retain_counts_once()
    {
        using var heap = new HeapScript();
        var leaf = heap.Add("B", 100);
        var inner = heap.Add("A", 10, leaf);
        var middle = heap.Add("B", 200, inner);
        var outer = heap.Add("A", 20, middle, heap.Add("C", 1000));
        heap.Root(HeapRootKind.Static, "X.F", outer);
        heap.Add("D", 5000);

        var profile = heap.Describe();

        Assert.Equal((6, 6330, 1, 5000), (profile.Objects, profile.Bytes, profile.UnheldObjects, profile.UnheldBytes));
        Assert.Equal(
            [("D", 1, 5000, 0, 5000), ("C", 1, 1000, 1000, 1000), ("B", 2, 300, 310, 200), ("A", 2, 30, 1330, 20)],
            profile.Types.Select(type => (type.Type, type.Objects, type.Bytes, type.RetainedBytes!.Value, type.LargestBytes)));
    }

    [Fact]
    public void A_root_retains_what_it_alone_keeps_alive()
    {
        using var heap = new HeapScript();
        var shared = heap.Add("S", 1000);
        heap.Root(HeapRootKind.Static, "X.One", heap.Add("A", 10, shared, heap.Add("L", 5)));
        heap.Root(HeapRootKind.Static, "X.Two", heap.Add("A", 20, shared));
        heap.Root(HeapRootKind.Handle, null, heap.Add("H", 1), heap.Add("H", 2), heap.Add("G", 4));
        heap.Root(HeapRootKind.Stack, "X.Main", shared);

        var profile = heap.Describe();

        Assert.Equal(
            [
                (HeapRootKind.Static, "X.Two", "A", 1, 20),
                (HeapRootKind.Static, "X.One", "A", 2, 15),
                (HeapRootKind.Handle, null, "G", 1, 4),
                (HeapRootKind.Handle, null, "H", 2, 3),
                (HeapRootKind.Stack, "X.Main", "S", 0, 0),
            ],
            profile.Roots.Select(root => (root.Kind, root.Name, root.Type, root.Objects, root.RetainedBytes)));
        Assert.Equal(["several roots", "S"], profile.Retainers[0].Path.Select(step => step.Name));
        Assert.Equal(1000, profile.Retainers[0].RetainedBytes);
    }

    [Fact]
    public void A_collection_and_its_internal_parts_are_one_step()
    {
        using var heap = SampleHeaps.StaticDictionary(50_000);
        var profile = heap.Describe();

        var top = profile.Retainers[0];
        Assert.Equal(["static Shop.Store.Orders", SampleHeaps.Dictionary], top.Path.Select(step => step.Name));
        Assert.Equal(80 + 48 + (50_000 * 28), top.Bytes);
        Assert.Equal(["Shop.Order", "System.String"], top.Children.Select(child => child.Path[0].Name));
        Assert.Equal([50_000L * 240, 50_000 * 32], top.Children.Select(child => child.RetainedBytes));
        Assert.Equal(profile.Bytes, top.RetainedBytes);
    }

    [Fact]
    public void Branches_add_up_to_the_heap()
    {
        using var heap = SampleHeaps.Cache(2000);
        var profile = heap.Describe();

        Assert.Equal(profile.Bytes, profile.Retainers.Sum(retainer => retainer.RetainedBytes));
        Assert.All(All(profile.Retainers), retainer => Assert.Equal(retainer.RetainedBytes, retainer.Bytes + retainer.Children.Sum(child => child.RetainedBytes)));
        Assert.Equal(profile.Objects, All(profile.Retainers).Sum(retainer => retainer.Objects));

        static IEnumerable<HeapRetainer> All(IEnumerable<HeapRetainer> retainers) => retainers.SelectMany(retainer => All(retainer.Children).Prepend(retainer));
    }

    [Fact]
    public void What_is_nested_very_deep_is_left_out()
    {
        using var heap = new HeapScript();
        var inner = heap.AddMany(2, "Shop.Leaf", 24);
        for (var depth = 0; depth < 100; depth++)
            inner = [heap.Add($"Shop.Level{depth}", 24, inner), heap.Add("Shop.Leaf", 24)];
        heap.Root(HeapRootKind.Static, "Shop.Top", inner);

        var profile = heap.Describe();

        Assert.InRange(Depth(profile.Retainers), 20, 30);
        Assert.Equal(profile.Bytes, profile.Retainers.Sum(retainer => retainer.RetainedBytes));

        static int Depth(IEnumerable<HeapRetainer> retainers) => retainers.Select(retainer => 1 + Depth(retainer.Children)).DefaultIfEmpty(0).Max();
    }

    [Theory]
    [InlineData("dictionary", "Shop.Order", "static Shop.Store.Orders", "cache with a limit")]
    [InlineData("cache", "Shop.Session", "static Shop.Services.Cache", "SizeLimit")]
    [InlineData("event", "Shop.Window", "static Shop.Events.Source", "nsubscribe")]
    [InlineData("registrations", "Shop.Request", "static Shop.Program.Stopping", "CancellationTokenRegistration")]
    [InlineData("timers", "Shop.Poller", "static System.Threading.TimerQueue.Instances", "Timer")]
    public void A_leak_is_named_with_what_holds_it_and_what_to_do(string leak, string type, string root, string advice)
    {
        using var heap = Leak(leak, 20_000);
        var profile = heap.Describe();

        var suspect = Assert.Single(profile.Suspects);
        Assert.Equal((type, 20_000), (suspect.Type, suspect.Objects));
        Assert.Equal(root, suspect.Path[0].Name);
        Assert.Contains(advice, suspect.Advice, StringComparison.Ordinal);
        Assert.Contains(type, suspect.Title, StringComparison.Ordinal);
        Assert.Contains(root, suspect.Title, StringComparison.Ordinal);
        Assert.InRange(suspect.Share, 0.5, 1);
    }

    [Fact]
    public void Work_that_waits_for_the_thread_pool_is_called_so()
    {
        using var heap = new HeapScript();
        var items = heap.AddMany(
            20_000,
            "System.Threading.QueueUserWorkItemCallbackDefaultContext",
            32,
            _ => [heap.Add("System.Threading.WaitCallback", 64, heap.Add("Shop.Job", 3000))]);
        var queue = heap.Add("System.Threading.ThreadPoolWorkQueue+WorkStealingQueue", 64, heap.Add("System.Object[]", 160_024, items));
        heap.Root(HeapRootKind.ThreadStatic, "System.Threading.ThreadPoolWorkQueueThreadLocals.threadLocals", queue);

        var suspect = heap.Describe().Suspects[0];

        Assert.Equal("Shop.Job", suspect.Type);
        Assert.Contains("thread pool has not started this work", suspect.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("System.Object[]")]
    [InlineData("System.Delegate.Wrapper[]")]
    public void The_handlers_of_an_event_are_part_of_it(string list)
    {
        using var heap = new HeapScript();
        var handlers = heap.AddMany(20_000, "System.Action", 64, _ => [heap.Add("Shop.Window", 2000)]);
        heap.Root(HeapRootKind.Static, "Shop.Prices.Changed", heap.Add("System.Action", 64, heap.Add(list, 160_024, handlers)));

        var suspect = Assert.Single(heap.Describe().Suspects);

        Assert.EndsWith("are held by static Shop.Prices.Changed -> Action.", suspect.Title, StringComparison.Ordinal);
        Assert.Contains("nsubscribe", suspect.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_strings_that_the_runtime_holds_are_interned()
    {
        using var heap = new HeapScript();
        heap.Root(HeapRootKind.Handle, null, [.. Enumerable.Range(0, 4).Select(_ => heap.Add("System.Object[]", 8184, heap.AddMany(1000, "System.String", 2000)))]);

        var suspect = Assert.Single(heap.Describe().Suspects);

        Assert.EndsWith("are held by the runtime's table of interned strings.", suspect.Title, StringComparison.Ordinal);
        Assert.Contains("string.Intern", suspect.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void One_string_in_an_array_of_a_handle_is_not_called_interned()
    {
        using var heap = new HeapScript();
        heap.Root(HeapRootKind.Handle, null, heap.Add("System.Object[]", 8184, heap.Add("System.String", 50_000_000)));

        Assert.EndsWith("is held by a handle -> Object[].", Assert.Single(heap.Describe().Suspects).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_AsyncLocals_are_held_by_the_static_fields_of_these()
    {
        using var heap = new HeapScript();
        var (user, trace) = (heap.Add("System.Threading.AsyncLocal<Shop.User>", 32), heap.Add("System.Threading.AsyncLocal<System.Object>", 32));
        var shared = heap.Add("Shop.Trace", 24);
        var contexts = heap.AddMany(
            2000,
            "System.Threading.ExecutionContext",
            40,
            _ => [heap.Add("System.Threading.AsyncLocalValueMap.TwoElementAsyncLocalValueMap", 48, user, trace, heap.Add("Shop.User", 3000), shared)]);
        heap.Root(HeapRootKind.Static, "Shop.Work.Waiting", heap.Add("System.Collections.Generic.List<System.Object>", 32, heap.Add("System.Object[]", 16_024, contexts)));
        heap.Root(HeapRootKind.Static, "Shop.Request.User", user);
        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);

        Assert.EndsWith(
            "are held by static Shop.Work.Waiting -> List -> ExecutionContext.(AsyncLocal Shop.Request.User).",
            Assert.Single(analysis.Describe(null).Suspects).Title,
            StringComparison.Ordinal);
        Assert.Equal("AsyncLocal<Object>", Assert.Single(analysis.FindPaths(type => type == "Shop.Trace")).Path[^1].Field);
    }

    [Fact]
    public void Values_in_a_large_map_of_AsyncLocals_follow_them()
    {
        const string Map = "System.Collections.Generic.KeyValuePair<System.Threading.IAsyncLocal, System.Object>[]";
        using var heap = new HeapScript();
        var (one, two) = (heap.Add("System.Threading.AsyncLocal<System.Object>", 32), heap.Add("System.Threading.AsyncLocal<System.Object>", 32));
        var map = heap.Add("System.Threading.AsyncLocalValueMap.MultiElementAsyncLocalValueMap", 24, heap.Add(Map, 120, one, two, heap.Add("Shop.Trace", 24)));
        heap.Root(HeapRootKind.Static, "Shop.Work.Waiting", heap.Add("System.Threading.ExecutionContext", 40, map));
        heap.Root(HeapRootKind.Static, "Shop.Request.One", one);
        heap.Root(HeapRootKind.Static, "Shop.Request.Two", two);
        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);

        var path = Assert.Single(analysis.FindPaths(type => type == "Shop.Trace")).Path;

        Assert.Equal(["static Shop.Work.Waiting", "System.Threading.ExecutionContext", "Shop.Trace"], path.Select(step => step.Name));
    }

    [Fact]
    public void A_service_is_held_by_its_container_and_a_long_way_to_that_is_left_out()
    {
        const string Services = "Microsoft.Extensions.DependencyInjection.";
        const string Table = $"System.Collections.Concurrent.ConcurrentDictionary<{Services}ServiceLookup.ServiceIdentifier, {Services}ServiceProvider.ServiceAccessor>";
        using var heap = new HeapScript();
        var store = heap.Add("Shop.Store", 24, heap.Add("System.Collections.Generic.List<Shop.Order>", 32, heap.Add("Shop.Order[]", 160_024, heap.AddMany(20_000, "Shop.Order", 200))));
        var site = heap.Add(Services + "ServiceLookup.ConstructorCallSite", 64, store);
        var table = heap.Add(Table, 48, heap.Add(Table + ".Tables", 48, heap.Add(Table + ".Node[]", 80, heap.Add(Table + ".Node", 48, heap.Add(Services + "ServiceProvider.ServiceAccessor", 32, site)))));
        var holder = heap.Add(Services + "ServiceProvider", 80, table);
        for (var i = 0; i < 10; i++)
            holder = heap.Add($"System.Level{i}", 24, holder);
        heap.Root(HeapRootKind.Static, "System.Sockets.All", holder);

        var suspect = Assert.Single(heap.Describe().Suspects);

        Assert.EndsWith("are held by static System.Sockets.All -> ... -> ServiceProvider -> Store -> List.", suspect.Title, StringComparison.Ordinal);
        Assert.Equal(14, suspect.Path.Length);
    }

    [Fact]
    public void Sockets_that_wait_do_not_explain_what_another_way_leads_to()
    {
        using var heap = new HeapScript();
        var orders = heap.Add("Shop.Orders", 24, heap.AddMany(20_000, "Shop.Order", 200));
        heap.Root(HeapRootKind.Static, "System.Net.Sockets.SocketAsyncEngine.s_registeredContexts", heap.Add("System.Net.Sockets.SocketAsyncContext", 200, orders));
        heap.Root(HeapRootKind.Static, "Shop.Program.Services", heap.Add("Shop.Services", 24, heap.Add("Shop.Store", 24, orders)));

        Assert.Contains("such as static Shop.Program.Services -> Services -> Store -> Orders.", Assert.Single(heap.Describe().Suspects).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_a_ThreadLocal_are_held_by_it_and_not_by_the_table_of_a_thread()
    {
        const string Local = "System.Threading.ThreadLocal<Shop.Buffer>";
        using var heap = new HeapScript();
        var slots = heap.AddMany(500, Local + ".LinkedSlot", 48, _ => [heap.Add("Shop.Buffer", 9000)]);
        for (var i = 1; i < slots.Length; i++)
            heap.Refer(slots[i - 1], slots[i]);
        heap.Root(HeapRootKind.ThreadStatic, Local + ".ts_slotArray", [.. slots.Select(slot => heap.Add(Local + ".LinkedSlotVolatile[]", 40, slot))]);
        heap.Root(HeapRootKind.Static, "Shop.Buffers.Own", heap.Add(Local, 56, slots[0]));

        Assert.EndsWith("are held by several roots, such as static Shop.Buffers.Own -> ThreadLocal.", Assert.Single(heap.Describe().Suspects).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void What_timers_of_several_kinds_hold_is_told_apart()
    {
        using var heap = new HeapScript();
        string[] types = ["Shop.Poller", "Shop.Session", "Shop.Retry"];
        var timers = heap.AddMany(6000, "System.Threading.TimerQueueTimer", 88, i => [heap.Add("System.Threading.TimerCallback", 64, heap.Add(types[i % 3], 3000))]);
        heap.Root(HeapRootKind.Static, "System.Threading.TimerQueue.Instances", heap.Add("System.Threading.TimerQueue", 80, timers));

        var suspects = heap.Describe().Suspects;

        Assert.Equal(types.Order(), suspects.Select(suspect => suspect.Type).Order());
        Assert.All(suspects, suspect => Assert.Equal(2000, suspect.Objects));
        Assert.All(suspects, suspect => Assert.Contains("Dispose each Timer", suspect.Advice, StringComparison.Ordinal));
    }

    [Fact]
    public void What_several_roots_hold_is_explained_by_the_best_of_its_paths()
    {
        using var heap = new HeapScript();
        var orders = heap.AddMany(20_000, "Shop.Order", 200);
        var list = heap.Add("System.Collections.Generic.List<Shop.Order>", 32, heap.Add("Shop.Order[]", 160_024, orders));
        heap.Root(HeapRootKind.Static, "Shop.Store.All", list);
        heap.Root(HeapRootKind.Stack, "Shop.Worker.Run", list);

        var suspect = Assert.Single(heap.Describe().Suspects);
        Assert.Equal(("Shop.Order", 20_000), (suspect.Type, suspect.Objects));
        Assert.Equal(["static Shop.Store.All", "System.Collections.Generic.List<Shop.Order>"], suspect.Path.Select(step => step.Name));
        Assert.Contains("several roots", suspect.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_that_wait_for_finalizers_are_dead_and_their_collections_are_not_to_blame()
    {
        using var heap = new HeapScript();
        var orders = heap.AddMany(20_000, "Shop.Order", 200);
        heap.Root(HeapRootKind.Finalizer, null, heap.Add("System.Collections.Generic.List<Shop.Order>", 32, heap.Add("Shop.Order[]", 160_024, orders)));

        var suspect = Assert.Single(heap.Describe().Suspects);
        Assert.Contains("are held by the finalizer queue -> List", suspect.Title, StringComparison.Ordinal);
        Assert.Contains("finalizer thread", suspect.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_without_a_name_gets_an_article()
    {
        using var heap = new HeapScript();
        heap.Root(HeapRootKind.PinnedHandle, null, heap.Add("System.Byte[]", 50_000_000));

        Assert.Contains("is held by a pinned handle.", Assert.Single(heap.Describe().Suspects).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void One_large_object_is_a_suspect_too()
    {
        using var heap = new HeapScript();
        heap.Root(HeapRootKind.Static, "Shop.Images.Largest", heap.Add("System.Byte[]", 50_000_000));
        heap.Root(HeapRootKind.Static, "Shop.Images.Names", heap.AddMany(1000, "System.String", 100));

        var suspect = Assert.Single(heap.Describe().Suspects);
        Assert.Equal(("System.Byte[]", 1, "static Shop.Images.Largest"), (suspect.Type, suspect.Objects, suspect.Path[0].Name));
    }

    [Fact]
    public void A_small_heap_has_no_suspects()
    {
        using var heap = SampleHeaps.StaticDictionary(50);
        Assert.Empty(heap.Describe().Suspects);
    }

    [Fact]
    public void Paths_lead_from_the_root_to_the_objects_and_say_how_many_it_holds_alone()
    {
        using var heap = new HeapScript();
        var orders = heap.AddMany(10, "Shop.Order", 24);
        heap.Root(HeapRootKind.Static, "Shop.Store.Orders", heap.Add("System.Collections.Generic.List<Shop.Order>", 32, heap.Add("Shop.Order[]", 104, orders)));
        heap.Root(HeapRootKind.Handle, null, heap.Add("Shop.Index", 24, orders[0], orders[1], orders[2]), heap.Add("Shop.Index", 24, heap.Add("Shop.Order", 24)));
        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);

        var paths = analysis.FindPaths(type => type == "Shop.Order");

        Assert.Equal(
            [("static Shop.Store.Orders > System.Collections.Generic.List<Shop.Order> > Shop.Order", 10, 7), ("handle > Shop.Index > Shop.Order", 1, 1)],
            paths.Select(path => (string.Join(" > ", path.Path.Select(step => step.Name)), path.Objects, path.HeldAlone)));
    }

    [Fact]
    public void Sizes_say_what_is_alike_empty_or_unused()
    {
        using var heap = new HeapScript();
        var order = heap.Add("Shop.Order", 24);
        heap.AddMany(3, "System.Byte[]", 24);
        heap.AddMany(5, "System.Byte[]", 124);
        heap.Add("Shop.Order[]", 24 + 80, order);
        heap.Add("System.Object[]", 24 + 40, order, order);

        var sizes = heap.Describe().Sizes;

        Assert.Equal((3, 72), (sizes.EmptyArrays, sizes.EmptyArrayBytes));
        Assert.Equal([("System.Byte[]", 124, 100L, 5), ("System.Byte[]", 24, 0L, 3)], sizes.Alike.Select(alike => (alike.Type, alike.SizeBytes, alike.Length!.Value, alike.Objects)));
        Assert.Equal([("Shop.Order[]", 10, 9), ("System.Object[]", 5, 3)], sizes.UnusedSlots.Select(slots => (slots.Type, slots.Slots, slots.Unused)));
        Assert.Equal([(16, 4), (64, 7)], sizes.Ranges.Select(range => (range.FromBytes, range.Objects)));
    }

    private static HeapScript Leak(string leak, int count) => leak switch
    {
        "dictionary" => SampleHeaps.StaticDictionary(count),
        "cache" => SampleHeaps.Cache(count),
        "event" => SampleHeaps.Event(count),
        "registrations" => SampleHeaps.Registrations(count),
        _ => SampleHeaps.Timers(count),
    };

    [Fact]
    public void Kinds_of_links_are_distinguished_and_weak_handles_are_counted()
    {
        using var builder = new HeapGraphBuilder();
        string[] types = ["Shop.Key", "Shop.Value", "Shop.Part", "Shop.Value", "Shop.Value"];
        foreach (var (id, type) in types.Distinct().Index())
            builder.SetType(id, type, null);
        for (var i = 0; i < types.Length; i++)
            builder.AddObject(Address(i), 24, types.Distinct().ToList().IndexOf(types[i]), i is 1 ? 1 : 0);
        builder.AddReference(Address(2));
        builder.AddDependent(Address(0), Address(1));
        builder.AddRoot(HeapRootKind.Static, Address(0), "Shop.Store.Key");
        builder.AddRoot(HeapRootKind.Finalizer, Address(3), null);
        builder.AddRoot(HeapRootKind.Handle, Address(4), null);
        builder.AddWeakHandle(Address(1));
        builder.AddWeakHandle(Address(1));
        using var snapshot = new HeapSnapshot(builder.Build(), HeapScript.Facts);
        using var analysis = new HeapAnalysis(snapshot);

        var values = analysis.FindPaths(type => type == "Shop.Value").ToDictionary(path => path.Path[0].Name);
        Assert.Equal([null, HeapLink.Strong, HeapLink.Dependent], values["static Shop.Store.Key"].Path.Select(step => step.Link));
        Assert.Equal([null, HeapLink.Finalizer], values["finalizer queue"].Path.Select(step => step.Link));
        Assert.Equal([null, HeapLink.Handle], values["handle"].Path.Select(step => step.Link));
        Assert.Equal((2, 0), (values["static Shop.Store.Key"].WeakHandles, values["handle"].WeakHandles));
        var part = Assert.Single(analysis.FindPaths(type => type == "Shop.Part"));
        Assert.Equal([null, HeapLink.Strong, HeapLink.Dependent, HeapLink.Strong], part.Path.Select(step => step.Link));
        Assert.Equal(1, part.HeldAlone);

        static ulong Address(int index) => 0x7f00_0000_0000 + ((ulong)index * 32);
    }

    [Fact]
    public void Arrays_are_counted_by_length_where_that_is_known()
    {
        using var heap = new HeapScript();
        heap.AddMany(3, "System.Byte[]", 24);
        heap.AddMany(2, "System.Int32[]", 24 + 4);
        heap.Add("System.Int64[]", 24 + (2 * 8));
        heap.Add("System.Char[]", 24 + (1000 * 2));
        heap.Add("Shop.Point[]", 24 + 48);
        heap.Add("Shop.Order", 24);

        Assert.Equal([new(0, 1, 3, 72), new(1, 3, 3, 96), new ArrayLengths(511, 1023, 1, 2024)], heap.Describe().Sizes.Arrays);
    }
}
