namespace Leaky;

/// <summary>Orders as they might come in, the same sequence in every run.</summary>
internal sealed class OrderGenerator
{
    private static readonly string[] Products = ["Anvil", "Bicycle pump", "Compass", "Desk lamp", "Espresso cup", "Fountain pen"];

    private readonly Random _random = new(17);
    private long _lastId;

    public Order Next()
    {
        var id = ++_lastId;
        var lines = new List<OrderLine>();
        for (var count = _random.Next(1, 5); count > 0; count--)
            lines.Add(new OrderLine(NextProduct(), _random.Next(1, 10), NextPrice()));

        return new Order(id, $"Customer {id % 5000}", DateTimeOffset.UtcNow, lines);
    }

    public string NextProduct() => Products[_random.Next(Products.Length)];

    public decimal NextPrice() => _random.Next(100, 10_000) / 100m;
}
