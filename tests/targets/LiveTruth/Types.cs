using System.Runtime.CompilerServices;

namespace LiveTruth;

// Sizes are those on 64-bit: 8 bytes of header, 8 of method table pointer, the fields, rounded up to 8; an array has 8 more for its length.

/// <summary>40 bytes. A chain of them only grows.</summary>
internal sealed class LeakedNode
{
    public LeakedNode? Next { get; set; }

    public long Key { get; set; }

    public long Value { get; set; }
}

/// <summary>40 bytes over references, and one code for all of them.</summary>
internal sealed class Listener<TEvent>
{
    public Listener<TEvent>? Next { get; set; }

    public TEvent? Event { get; set; }

    public object? Owner { get; set; }
}

/// <summary>128 bytes.</summary>
internal sealed class CacheEntry
{
    public Words14 Words { get; set; }
}

/// <summary>208 bytes.</summary>
internal sealed class Session
{
    public Words24 Words { get; set; }
}

/// <summary>64 bytes, finalized.</summary>
internal sealed class Resource
{
    public Words6 Words { get; set; }

    ~Resource() => Finalized++;

    public static long Finalized { get; private set; }
}

/// <summary>1,000 bytes, in a burst.</summary>
internal sealed class Bursts
{
    public Words123 Words { get; set; }
}

/// <summary>1,000 bytes, which float as garbage in generation 2.</summary>
internal sealed class Floats
{
    public Words123 Words { get; set; }
}

[InlineArray(14)]
internal struct Words14
{
    private long _word;
}

[InlineArray(24)]
internal struct Words24
{
    private long _word;
}

[InlineArray(6)]
internal struct Words6
{
    private long _word;
}

[InlineArray(123)]
internal struct Words123
{
    private long _word;
}
