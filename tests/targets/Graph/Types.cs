namespace Graph;

/// <summary>32 bytes.</summary>
internal sealed class ChainNode
{
    public ChainNode? Next { get; init; }

    public long Value { get; init; }
}

/// <summary>40 bytes.</summary>
internal sealed class TreeNode
{
    public TreeNode? Left { get; init; }

    public TreeNode? Right { get; init; }

    public long Value { get; init; }
}

/// <summary>32 bytes.</summary>
internal sealed class OrderLine
{
    public int Number { get; init; }

    public double Price { get; init; }
}

/// <summary>40 bytes.</summary>
internal sealed class Order
{
    public required string Customer { get; init; }

    public required OrderLine[] Lines { get; init; }

    public long Id { get; init; }
}

/// <summary>4 bytes, without references.</summary>
internal readonly record struct Pixel(int Color);

/// <summary>24 bytes.</summary>
internal sealed class SharedLeaf
{
    public long Value { get; init; }
}

/// <summary>24 bytes; receives an event.</summary>
internal sealed class Subscriber
{
    private long _calls;

    public void OnChanged(long value) => _calls += value;
}

/// <summary>Calls subscribers that nobody removes. 24 bytes.</summary>
internal sealed class Publisher
{
    public Action<long>? Changed { get; set; }
}

/// <summary>24 bytes; a key of a ConditionalWeakTable.</summary>
internal sealed class WeakKey
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by a <see cref="WeakKey"/> through a ConditionalWeakTable only.</summary>
internal sealed class Attached
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by a thread static.</summary>
internal sealed class OfThread
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by a static of a generic class.</summary>
internal sealed class OfGeneric
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by a state machine.</summary>
internal sealed class OfAsync
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by a local variable of a method.</summary>
internal sealed class OfStack
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by a strong handle.</summary>
internal sealed class OfHandle
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by weak handles, and by nothing else.</summary>
internal sealed class OfWeakHandle
{
    public long Value { get; init; }
}

/// <summary>24 bytes; held by a dependent handle.</summary>
internal sealed class OfDependentHandle
{
    public long Value { get; init; }
}

/// <summary>24 bytes, with a finalizer; held by a static.</summary>
internal sealed class WithFinalizer
{
    public long Value { get; init; }

    ~WithFinalizer() => GC.KeepAlive(Value);
}

/// <summary>24 bytes; held by a class of an assembly in a collectible context.</summary>
internal sealed class OfContext
{
    public long Value { get; init; }
}

/// <summary>48 bytes: the bulk of a large heap.</summary>
internal sealed class BulkNode
{
    public BulkNode? Next { get; init; }

    public string? Name { get; init; }

    public int[]? Values { get; init; }

    public long Value { get; init; }
}
