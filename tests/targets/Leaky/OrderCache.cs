using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Leaky;

/// <summary>Remembers orders by their id. Leak: nothing is ever evicted, unless it has a capacity.</summary>
/// <param name="capacity">So many of the latest orders are remembered; null: all.</param>
internal sealed class OrderCache(int? capacity)
{
    private readonly ConcurrentDictionary<long, Order> _orders = new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Remember(Order order)
    {
        _orders[order.Id] = order;
        if (capacity is { } latest)
            _orders.TryRemove(order.Id - latest, out _);
    }

    public Order? Find(long id) => _orders.GetValueOrDefault(id);
}
