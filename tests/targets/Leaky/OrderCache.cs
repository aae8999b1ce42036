using System.Collections.Concurrent;

namespace Leaky;

/// <summary>Remembers every order by its id. Leak: nothing is ever evicted.</summary>
internal sealed class OrderCache
{
    private readonly ConcurrentDictionary<long, Order> _orders = new();

    public void Remember(Order order) => _orders[order.Id] = order;

    public Order? Find(long id) => _orders.GetValueOrDefault(id);
}
