using System.Runtime.CompilerServices;

namespace Leaky;

internal sealed class PriceChangedEventArgs(string product, decimal price) : EventArgs
{
    public string Product { get; } = product;

    public decimal Price { get; } = price;
}

/// <summary>Tells whoever subscribed when a price changes. Leak: no subscriber ever leaves.</summary>
internal sealed class PriceFeed
{
    private event EventHandler<PriceChangedEventArgs>? PriceChanged;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Subscribe(EventHandler<PriceChangedEventArgs> subscriber) => PriceChanged += subscriber;

    public void Publish(string product, decimal price) => PriceChanged?.Invoke(this, new PriceChangedEventArgs(product, price));
}

/// <summary>Watches the price of one product for one order; forgotten by the order, kept alive by the feed.</summary>
internal sealed class PriceAlert(string product)
{
    private readonly decimal[] _window = new decimal[240];
    private int _count;

    public void OnPriceChanged(object? sender, PriceChangedEventArgs change)
    {
        if (change.Product == product)
            _window[_count++ % _window.Length] = change.Price;
    }
}
