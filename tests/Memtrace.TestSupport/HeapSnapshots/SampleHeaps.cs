using Memtrace.Profiles;

namespace Memtrace.TestSupport.HeapSnapshots;

/// <summary>Heaps as programs leave them that leak. Names of nested types are as the runtime gives them: some with, some without the enclosing type.</summary>
internal static class SampleHeaps
{
    public const string Dictionary = "System.Collections.Generic.Dictionary<System.String, Shop.Order>";
    public const string MemoryCache = "Microsoft.Extensions.Caching.Memory.MemoryCache";
    public const string CacheEntry = "Microsoft.Extensions.Caching.Memory.CacheEntry";

    private const string Table = "System.Collections.Concurrent.ConcurrentDictionary<System.Object, " + CacheEntry + ">";

    /// <summary>A static dictionary of orders.</summary>
    public static HeapScript StaticDictionary(int orders)
    {
        var heap = new HeapScript();
        var items = heap.AddMany(orders, "Shop.Order", 200, _ => [heap.Add("System.String", 40)]);
        var keys = heap.AddMany(orders, "System.String", 32);
        var dictionary = heap.Add(Dictionary, 80, heap.Add("System.Int32[]", 24 + (orders * 4)), heap.Add(Dictionary + ".Entry[]", 24 + (orders * 24), [.. items, .. keys]));
        heap.Root(HeapRootKind.Static, "Shop.Store.Orders", dictionary);
        return heap;
    }

    /// <summary>A cache that nothing is removed from, in which a few other things are.</summary>
    public static HeapScript Cache(int entries)
    {
        var heap = new HeapScript();
        var items = heap.AddMany(entries, CacheEntry, 120, _ => [heap.Add("Shop.Session", 900), heap.Add("System.String", 60)]);
        var nodes = heap.AddMany(entries, "Node<System.Object, " + CacheEntry + ">", 48, i => [items[i]]);
        var table = heap.Add(Table, 56, heap.Add("Tables<System.Object, " + CacheEntry + ">", 48, heap.Add("VolatileNode<System.Object, " + CacheEntry + ">[]", 24 + (entries * 8), nodes), heap.Add("System.Int32[]", 56)));
        var cache = heap.Add(MemoryCache, 96, heap.Add("CoherentState", 40, table), heap.Add("Microsoft.Extensions.Caching.Memory.MemoryCacheOptions", 80));
        heap.Root(HeapRootKind.Static, "Shop.Services.Cache", cache);
        return heap;
    }

    /// <summary>An event that is never unsubscribed from.</summary>
    public static HeapScript Event(int subscribers)
    {
        var heap = new HeapScript();
        var handlers = heap.AddMany(subscribers, "System.EventHandler", 64, _ => [heap.Add("Shop.Window", 2000)]);
        var publisher = heap.Add("Shop.Publisher", 24, heap.Add("System.EventHandler", 64, heap.Add("System.Object[]", 24 + (subscribers * 8), handlers)));
        heap.Root(HeapRootKind.Static, "Shop.Events.Source", publisher);
        return heap;
    }

    /// <summary>Registrations with a token that lives as long as the program.</summary>
    public static HeapScript Registrations(int count)
    {
        const string Source = "System.Threading.CancellationTokenSource";
        var heap = new HeapScript();
        var nodes = heap.AddMany(count, "CallbackNode", 72, _ => [heap.Add("System.Action", 64, heap.Add("Shop.Request", 2500))]);
        for (var i = 1; i < count; i++)
            heap.Refer(nodes[i - 1], nodes[i]);
        var source = heap.Add(Source, 48, heap.Add("Registrations", 56, nodes[0]));
        heap.Root(HeapRootKind.Static, "Shop.Program.Stopping", source);
        return heap;
    }

    /// <summary>Timers that are never disposed.</summary>
    public static HeapScript Timers(int count)
    {
        const string Queue = "System.Threading.TimerQueue";
        var heap = new HeapScript();
        var timers = heap.AddMany(count, Queue + "Timer", 88, _ => [heap.Add("System.Threading.TimerCallback", 64, heap.Add("Shop.Poller", 3000))]);
        for (var i = 1; i < count; i++)
            heap.Refer(timers[i - 1], timers[i]);
        var queues = heap.Add(Queue + "[]", 40, heap.Add(Queue, 80, timers[0]), heap.Add(Queue, 80));
        heap.Root(HeapRootKind.Static, "System.Threading.TimerQueue.Instances", queues);
        return heap;
    }

    /// <summary>Orders that two static fields hold together, beside what each holds alone.</summary>
    public static HeapScript SharedOrders(int orders)
    {
        var heap = new HeapScript();
        var shared = heap.Add("Shop.Orders", 24, heap.AddMany(orders, "Shop.Order", 200));
        heap.Root(HeapRootKind.Static, "Shop.Store.Current", heap.Add("Shop.Store", 24, shared, heap.Add("System.Byte[]", 50_000)));
        heap.Root(HeapRootKind.Static, "Shop.Audit.Current", heap.Add("Shop.Audit", 24, shared, heap.Add("System.Byte[]", 20_000)));
        return heap;
    }

    /// <summary>Saves <see cref="Shop"/>.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="orders">How many orders there are.</param>
    /// <returns>That file.</returns>
    public static string SaveShop(string file, int orders)
    {
        using var heap = Shop(orders);
        return heap.Save(file);
    }

    /// <summary>Two heaps of one program, in which orders, sessions and handles were added.</summary>
    /// <param name="orders">How many orders there are.</param>
    public static HeapScript Shop(int orders)
    {
        var heap = StaticDictionary(orders);
        heap.Root(HeapRootKind.Static, "Shop.Pages.Rendered", heap.AddMany(3, "System.Byte[]", 400_000));
        heap.Root(HeapRootKind.Stack, "Shop.Worker.Run", heap.Add("Shop.Worker", 64, heap.AddMany(40, "Shop.Job", 96)));
        heap.Root(HeapRootKind.Handle, null, heap.AddMany(20, "Shop.NativeBuffer", 40));
        heap.Root(HeapRootKind.Finalizer, null, heap.AddMany(5, "System.IO.FileStream", 152));
        heap.Add("Shop.Lost", 48);
        return heap;
    }

    /// <summary>Names that are not fit for a terminal, and that are long.</summary>
    public static HeapScript Hostile()
    {
        var heap = new HeapScript();
        var type = "Shop." + string.Concat(Enumerable.Repeat("VeryLongName<System.Collections.Generic.List<\u001b[31mRed\n>>.", 20)) + "End";
        var list = heap.Add("System.Collections.Generic.List<" + type + ">", 32, heap.Add(type + "[]", 2_000_024, heap.AddMany(20_000, type, 80)));
        heap.Root(HeapRootKind.Static, "Shop.\u001b]0;title\u0007" + new string('x', 300), list);
        return heap;
    }
}
