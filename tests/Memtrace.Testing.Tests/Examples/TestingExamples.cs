using Memtrace.Testing.Xunit;

namespace Memtrace.Testing.Tests.Examples;

[CollectionDefinition("Memory", DisableParallelization = true)]
[Slow]
public sealed class MemoryTests;

/// <summary>The examples of docs/budgets.md and of the packages' READMEs, run.</summary>
[Collection("Memory")]
public sealed class TestingExamples
{
    private static readonly Cart cart = new();
    private static readonly Shop shop = new();
    private const string request = "";

    [Fact]
    public void Budget()
    {
        MemoryBudget.Of(() => cart.Fill(1000))
            .Allocates(atMost: "10 MiB")
            .PeaksBelow("2 GiB")
            .Collects(gen2: 0);
    }

    [Fact]
    [MemoryBudget(Allocated = "10 MiB", Gen2 = 0)]
    public void Filling_a_cart_is_cheap() => cart.Fill(1000);

    [Fact]
    public void Leak()
    {
        LeakCheck.Of(() => shop.Serve(request), iterations: 50);
    }

    [Fact]
    public void Instances()
    {
        LeakCheck.NoInstancesOf<Session>(() => shop.Serve(request));
    }

    private sealed class Cart
    {
        private List<object> _items = [];

        public void Fill(int count) => _items = [.. Enumerable.Range(0, count).Select(_ => new object())];

        public override string ToString() => $"{_items.Count} items";
    }

    private sealed class Shop
    {
        private int _served;

        public void Serve(string request) => _served += request.Length + new Session().Data.Length;

        public override string ToString() => $"{_served} served";
    }
}
