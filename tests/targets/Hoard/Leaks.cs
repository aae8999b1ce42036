using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;
using Microsoft.Extensions.Caching.Memory;

namespace Hoard;

/// <summary>Views subscribe to it and never unsubscribe.</summary>
internal static class PriceFeed
{
    public static event EventHandler<EventArgs>? Changed;

    public static void Publish() => Changed?.Invoke(null, EventArgs.Empty);
}

/// <summary>Shows prices.</summary>
internal sealed class DashboardView
{
    private readonly byte[] _picture = new byte[Sizes.Payload];

    public DashboardView() => PriceFeed.Changed += OnChanged;

    private void OnChanged(object? sender, EventArgs change) => _picture[0]++;
}

/// <summary>A cache without a size limit whose entries never expire.</summary>
internal static class Catalog
{
    private static readonly MemoryCache Products = new(new MemoryCacheOptions());

    public static void Add(int id) => Products.Set($"product {id}", new Product());

    public static int Count => Products.Count;
}

/// <summary>Is cached.</summary>
internal sealed class Product
{
    public byte[] Picture { get; } = new byte[Sizes.Payload];
}

/// <summary>Requests register with the token that ends the program, and never dispose of the registration.</summary>
internal static class Lifetime
{
    private static readonly CancellationTokenSource Stopping = new();

    public static void Attach(Request request) => Stopping.Token.Register(static request => ((Request)request!).Abort(), request);

    public static void Stop() => Stopping.Cancel();
}

/// <summary>Is over, but registered.</summary>
internal sealed class Request
{
    private readonly byte[] _body = new byte[Sizes.Payload];

    public void Abort() => _body[0]++;
}

/// <summary>Sessions that nobody removes.</summary>
internal static class SessionStore
{
    private static readonly ConcurrentDictionary<int, Session> Sessions = new();

    public static void Open(int id) => Sessions[id] = new Session();

    public static int Count => Sessions.Count;
}

/// <summary>Of a visitor who left.</summary>
internal sealed class Session
{
    public byte[] State { get; } = new byte[Sizes.Payload];
}

/// <summary>Keeps items of each type; a static class, so no object leads to it.</summary>
internal static class Registry<T>
{
    private static readonly List<T> Items = [];

    public static void Add(T item) => Items.Add(item);
}

/// <summary>Is registered, and never removed.</summary>
internal sealed class Ticket
{
    public byte[] Scan { get; } = new byte[Sizes.Payload];
}

/// <summary>Keeps pages in a static field of a struct, which the runtime keeps in an object.</summary>
internal static class Ledger
{
    private static readonly Book Book = new([]);

    public static void Add(Page page) => Book.Pages.Add(page);
}

/// <summary>Has pages.</summary>
internal readonly record struct Book(List<Page> Pages);

/// <summary>Is in the ledger.</summary>
internal sealed class Page
{
    public byte[] Text { get; } = new byte[Sizes.Payload];
}

/// <summary>Calls that never end, each in the context of a user.</summary>
internal static class Calls
{
    private static readonly AsyncLocal<User> Current = new();
    private static readonly TaskCompletionSource Answer = new();

    public static async Task BeginAsync()
    {
        Current.Value = new User();
        await Answer.Task;
    }
}

/// <summary>Is the user of a call.</summary>
internal sealed class User
{
    public byte[] Profile { get; } = new byte[Sizes.Payload];
}

/// <summary>Names of which each is different, in the runtime's own table.</summary>
internal static class Names
{
    public static void Add(int id) => string.Intern($"{id}".PadLeft(Sizes.Payload / sizeof(char)));
}

/// <summary>Its timer runs until it is disposed of, which never happens, and keeps it alive.</summary>
internal sealed class Poller : IDisposable
{
    private readonly byte[] _answer = new byte[Sizes.Payload];
    private readonly Timer _timer;

    public Poller()
    {
        _timer = new Timer(static poller => ((Poller)poller!)._answer[0]++, this, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>Capacity that nobody uses, copies of one picture, and calls that wait for an answer which never comes.</summary>
internal static class Waste
{
    private static readonly List<object> Kept = [];
    private static readonly TaskCompletionSource Begun = new();
    private static readonly TaskCompletionSource Answer = new();

    public static void Add(int id)
    {
        var picture = new byte[Sizes.Picture];
        Array.Fill(picture, (byte)'7');
        Kept.AddRange([picture, new Basket[Sizes.Capacity], AskAsync(), BeginAsync(), ReadAsync()]);
        Kept.AddRange(
        [
            new List<Basket>(Sizes.Capacity) { new(id) },
            new Baskets(Sizes.Capacity),
            new Queue<Basket>(),
            new ConcurrentDictionary<Basket, Basket>(1, Sizes.Buckets) { [new(id)] = new(id) },
            new StringBuilder("basket", Sizes.Capacity).Append(' ', Sizes.Capacity),
        ]);
        Begun.TrySetResult();
    }

    private static async Task AskAsync()
    {
        await Begun.Task;
        await Answer.Task;
    }

    private static async Task BeginAsync() => await Begun.Task;

    private static async Task ReadAsync()
    {
        await foreach (var basket in ListAsync())
            Kept.Add(basket);
    }

    private static async IAsyncEnumerable<Basket> ListAsync()
    {
        yield return await ReadAsync(new ValueTask<Basket>(new Basket(0)));
        await Answer.Task;
    }

    private static async ValueTask<Basket> ReadAsync(ValueTask<Basket> basket) => await basket;
}

/// <summary>Buffers that are pinned for ever, with gaps between them that the collector cannot close.</summary>
internal static class Pins
{
    private const int Interval = 250;
    private static readonly List<GCHandle> Handles = [];

    public static void Add(int id)
    {
        Handles.Add(GCHandle.Alloc(new byte[Sizes.Payload], GCHandleType.Pinned));
        GC.KeepAlive(new byte[Sizes.Payload]);
        if (id % Interval == Interval - 1)
            GC.Collect();
    }
}

/// <summary>Contexts that are unloaded, but cannot go: somebody holds an object of theirs.</summary>
internal static class Plugins
{
    private const int Most = 3;
    private static readonly List<object> Held = [];

    public static void Add(int id)
    {
        if (id >= Most)
            return;
        var context = new AssemblyLoadContext($"plugin {id}", isCollectible: true);
        Held.Add(Activator.CreateInstance(context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "Hoard.dll")).GetType(typeof(Session).FullName!)!)!);
        context.Unload();
    }
}

/// <summary>Is in collections.</summary>
internal readonly record struct Basket(long Id);

/// <summary>A collection of its own.</summary>
internal sealed class Baskets(int capacity) : Stack<Basket>(capacity);

/// <summary>Sizes of what is held.</summary>
internal static class Sizes
{
    public const int Payload = 4_000;
    public const int Picture = 1_000;
    public const int Capacity = 100;
    public const int Buckets = 101;
}

/// <summary>Ends the program.</summary>
internal static class Failure
{
    public static void Throw()
    {
        try
        {
            throw new FormatException("The price is no number.");
        }
        catch (FormatException inner)
        {
            throw new InvalidOperationException("The order cannot be printed.", inner);
        }
    }
}
