using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Leaky;

/// <summary>Remembers every order by its id. Leak: nothing is ever evicted.</summary>
internal sealed class OrderCache
{
    private readonly ConcurrentDictionary<long, Order> _orders = new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Remember(Order order) => _orders[order.Id] = order;

    public Order? Find(long id) => _orders.GetValueOrDefault(id);
}
