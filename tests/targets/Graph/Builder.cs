using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Graph;

/// <summary>Builds the heap and writes down what it builds.</summary>
internal sealed class Builder(Truth truth)
{
    private const int Small = 24, Chain = 1000, Depth = 10, Orders = 500, Leaves = 40, Subscribers = 30, Keys = 25;

    /// <summary>Over the 85,000 bytes from which on an object is large.</summary>
    private const int LargePixels = 50_000, PinnedPixels = 1_000;

    public void BuildAll()
    {
        BuildChain();
        BuildTree();
        BuildOrders();
        BuildBlobs();
        BuildShared();
        BuildEvents();
        BuildWeakTable();
        BuildGenerics();
        BuildAsync();
        BuildHandles();
        BuildFinalizers();
        BuildContext();
        Fields.Build();
    }

    private void BuildChain()
    {
        for (var i = 0; i < Chain; i++)
            Chains.Head = new ChainNode { Next = Chains.Head, Value = i };
        truth.AddRoot("static", "Graph.Chains.Head", typeof(ChainNode), Chain, truth.Add<ChainNode>(Chain, 32));
    }

    private void BuildTree()
    {
        const int Nodes = (1 << Depth) - 1;
        Trees.Root = CreateTree(Depth);
        truth.AddRoot("static", "Graph.Trees.Root", typeof(TreeNode), Nodes, truth.Add<TreeNode>(Nodes, 40));
    }

    private static TreeNode? CreateTree(int depth) =>
        depth == 0 ? null : new TreeNode { Left = CreateTree(depth - 1), Right = CreateTree(depth - 1), Value = depth };

    private void BuildOrders()
    {
        const int LinesOfEach = 3, NameLength = 10;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Store.Orders = new Dictionary<int, Order>(Orders);
        var table = GC.GetAllocatedBytesForCurrentThread() - before;
        for (var i = 0; i < Orders; i++)
            Store.Orders[i] = CreateOrder(i, LinesOfEach, NameLength);
        var bytes = truth.Add<Order>(Orders, 40) + truth.Add<OrderLine[]>(Orders, 24 + (8 * LinesOfEach)) + truth.Add<OrderLine>(Orders * LinesOfEach, 32);
        bytes += Orders * ((22 + (2 * NameLength) + 7) & ~7);

        // The dictionary itself, its buckets and its entries.
        const int TableObjects = 3;
        truth.AddRoot("static", "Graph.Store.Orders", typeof(Dictionary<int, Order>), TableObjects + (Orders * (3 + LinesOfEach)), table + bytes);
    }

    private static Order CreateOrder(int id, int lines, int nameLength)
    {
        var order = new Order { Id = id, Customer = new string((char)('a' + (id % 26)), nameLength), Lines = new OrderLine[lines] };
        for (var i = 0; i < lines; i++)
            order.Lines[i] = new OrderLine { Number = i };
        return order;
    }

    private void BuildBlobs()
    {
        Blobs.Large = new Pixel[LargePixels];
        Blobs.Pinned = GC.AllocateArray<Pixel>(PinnedPixels, pinned: true);
        truth.AddRoot("static", "Graph.Blobs.Large", typeof(Pixel[]), 1, truth.AddArray<Pixel>(LargePixels, 4));
        truth.AddRoot("static", "Graph.Blobs.Pinned", typeof(Pixel[]), 1, truth.AddArray<Pixel>(PinnedPixels, 4));
        truth.AddRoot("static", "Graph.Blobs.Literal", typeof(string));
    }

    private void BuildShared()
    {
        var leaves = Enumerable.Range(0, Leaves).Select(i => new SharedLeaf { Value = i }).ToArray();
        Shared.First = [.. leaves];
        Shared.Second = [.. leaves];
        truth.Add<SharedLeaf>(Leaves, Small);
        truth.AddRoot("static", "Graph.Shared.First", typeof(SharedLeaf[]), 1, truth.AddArray<SharedLeaf>(Leaves));
        truth.AddRoot("static", "Graph.Shared.Second", typeof(SharedLeaf[]), 1, truth.AddArray<SharedLeaf>(Leaves));

        truth.AddRoot("static", "Graph.Decoy.Orders", typeof(SharedLeaf), 1, truth.Add<SharedLeaf>(1, Small));
        truth.AddRoot("static", "Graph.Decoy.Head", typeof(string), 1, (22 + (2 * Decoy.Head!.Length) + 7) & ~7);
    }

    private void BuildEvents()
    {
        for (var i = 0; i < Subscribers; i++)
            Events.Source.Changed += new Subscriber().OnChanged;
        truth.Add<Subscriber>(Subscribers, Small);
        truth.Add<Publisher>(1, Small);
        truth.AddRoot("static", "Graph.Events.Source", typeof(Publisher));
    }

    private void BuildWeakTable()
    {
        Weak.Keys = Enumerable.Range(0, Keys).Select(i => new WeakKey { Value = i }).ToArray();
        foreach (var key in Weak.Keys)
            Weak.Table.Add(key, new Attached { Value = key.Value });
        var bytes = truth.Add<WeakKey>(Keys, Small) + truth.Add<Attached>(Keys, Small) + truth.AddArray<WeakKey>(Keys);
        truth.AddRoot("static", "Graph.Weak.Keys", typeof(WeakKey[]), 1 + (2 * Keys), bytes);
    }

    private void BuildGenerics()
    {
        const int Ints = 11, Strings = 13;
        Generic<int>.Value = Enumerable.Range(0, Ints).Select(i => new OfGeneric { Value = i }).ToArray();
        Generic<string>.Value = Enumerable.Range(0, Strings).Select(i => new OfGeneric { Value = i }).ToArray();
        truth.Add<OfGeneric>(Ints + Strings, Small);
        truth.AddArray<OfGeneric>(Ints);
        truth.AddArray<OfGeneric>(Strings);
    }

    private void BuildAsync()
    {
        Waiting.Waiter = WaitAsync(new OfAsync());
        truth.Add<OfAsync>(1, Small);
        truth.AddRoot("static", "Graph.Waiting.Gate", typeof(TaskCompletionSource));
    }

    private static async Task WaitAsync(OfAsync held)
    {
        await Waiting.Gate.Task;
        GC.KeepAlive(held);
    }

    private void BuildHandles()
    {
        const int Strong = 17, Pinned = 19;
        Handles.Allocate(
            [.. Enumerable.Range(0, Strong).Select(i => new OfHandle { Value = i })], new Pixel[Pinned], new OfDependentHandle());
        Handles.AllocateWeak();
        truth.AddRoot("handle", null, typeof(OfHandle[]), 1 + Strong, truth.Add<OfHandle>(Strong, Small) + truth.AddArray<OfHandle>(Strong));
        truth.AddRoot("pinnedHandle", null, typeof(Pixel[]), 1, truth.AddArray<Pixel>(Pinned, 4));
        truth.AddRoot("static", "Graph.Handles.Target", typeof(SharedLeaf), 2, truth.Add<SharedLeaf>(1, Small) + truth.Add<OfDependentHandle>(1, Small));
    }

    private void BuildFinalizers()
    {
        const int Alive = 5;
        Finalizers.Alive = Enumerable.Range(0, Alive).Select(i => new WithFinalizer { Value = i }).ToArray();
        truth.AddRoot("static", "Graph.Finalizers.Alive", typeof(WithFinalizer[]), 1 + Alive, truth.Add<WithFinalizer>(Alive, Small) + truth.AddArray<WithFinalizer>(Alive));
    }

    // The assembly once more, so its types are other types of the same names. It is not there where the program is a single file.
    private void BuildContext()
    {
        const int OfEach = 7;
        var path = Path.Combine(AppContext.BaseDirectory, "Graph.dll");
        if (!File.Exists(path))
            return;
        Plugin.Context = new AssemblyLoadContext("plugin", isCollectible: true);
        Plugin.Context.LoadFromAssemblyPath(path).GetType(typeof(Plugin).FullName!)!.GetMethod(nameof(Plugin.Fill))!.Invoke(null, null);
        truth.Add<OfContext>(OfEach, Small);
        truth.AddArray<OfContext>(OfEach);
    }
}

/// <summary>A thread that holds objects by a thread static and by a local variable.</summary>
internal sealed class ParkedThread
{
    private const int OfEach = 9;
    private readonly TaskCompletionSource _ready = new();

    public ParkedThread(Truth truth)
    {
        new Thread(Run) { IsBackground = true, Name = "parked" }.Start();
        _ready.Task.Wait();
        truth.Add<OfThread>(OfEach, 24);
        truth.AddArray<OfThread>(OfEach);
        truth.AddRoot("stack", "Graph.ParkedThread.Park", typeof(OfStack), 1, truth.Add<OfStack>(1, 24));
    }

    private void Run()
    {
        ThreadHeld.Value = Enumerable.Range(0, OfEach).Select(i => new OfThread { Value = i }).ToArray();
        Park();
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private void Park()
    {
        var held = new OfStack();
        _ready.SetResult();
        Thread.Sleep(Timeout.Infinite);
        GC.KeepAlive(held);
    }
}
