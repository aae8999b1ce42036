using System.Runtime.InteropServices;

namespace Known;

// Sizes are those on 64-bit: 8 bytes of header, 8 of method table pointer, the fields, rounded up to 8; an array has 8 more for its length.

/// <summary>24 bytes.</summary>
internal sealed class Tick
{
    public long Value { get; set; }
}

/// <summary>64 bytes.</summary>
internal sealed class Order
{
    public long Id { get; set; }

    public long Customer { get; set; }

    public long Product { get; set; }

    public long Quantity { get; set; }

    public long Price { get; set; }

    public long PlacedAt { get; set; }
}

/// <summary>32 bytes.</summary>
internal sealed class Quote
{
    public double Bid { get; set; }

    public double Ask { get; set; }
}

/// <summary>16 bytes a value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Candle
{
    public double Open { get; set; }

    public double Close { get; set; }
}

/// <summary>32 bytes with a <see langword="long"/> and a reference.</summary>
internal sealed class Entry<TKey, TValue>
{
    public TKey? Key { get; set; }

    public TValue? Value { get; set; }
}
