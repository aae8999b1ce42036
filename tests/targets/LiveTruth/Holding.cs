using System.Runtime.InteropServices;

namespace LiveTruth;

/// <summary>Objects of one type from one method, and exactly how many of them are reachable.</summary>
/// <param name="type">Their type.</param>
/// <param name="method">The method.</param>
/// <param name="objectSize">Bytes of each.</param>
/// <param name="eachSteps">How many steps pass between two objects, or, if negative, how many objects a step makes.</param>
internal abstract class Holding(Type type, string method, long objectSize, int eachSteps)
{
    public string Type { get; } = Known.TypeName.Of(type);

    public string Method { get; } = method;

    public long ObjectSize { get; } = (objectSize + 7) & ~7L;

    public abstract long Objects { get; }

    public void Step(int step)
    {
        for (var i = eachSteps; i < 0; i++)
            Make();
        if (eachSteps > 0 && step % eachSteps == 0)
            Make();
    }

    protected abstract void Make();
}

/// <summary>A chain that only grows.</summary>
internal sealed class Chain<TNode>(string method, long objectSize, int eachSteps, Func<TNode?, TNode> make)
    : Holding(typeof(TNode), method, objectSize, eachSteps)
    where TNode : class
{
    private TNode? _head;
    private long _objects;

    public override long Objects => _objects;

    protected override void Make()
    {
        _head = make(_head);
        _objects++;
    }
}

/// <summary>The most recent objects, up to its capacity; none if the capacity is 0.</summary>
internal sealed class Ring(Type type, string method, long objectSize, int eachSteps, int capacity, Func<object> make, bool pin = false)
    : Holding(type, method, objectSize, eachSteps)
{
    private readonly object?[] _items = new object?[capacity];
    private readonly GCHandle[] _pins = new GCHandle[pin ? capacity : 0];
    private long _made;
    private object? _last;

    public override long Objects => Math.Min(_made, capacity);

    protected override void Make()
    {
        if (capacity == 0)
        {
            _last = make();
            _last = null;
            return;
        }

        var slot = (int)(_made++ % capacity);
        _items[slot] = make();
        if (!pin)
            return;
        if (_pins[slot].IsAllocated)
            _pins[slot].Free();
        _pins[slot] = GCHandle.Alloc(_items[slot], GCHandleType.Pinned);
    }
}

/// <summary>Objects that are made while it is open, and released together.</summary>
internal sealed class Burst(Type type, string method, long objectSize, int eachSteps, int capacity, Func<object> make)
    : Holding(type, method, objectSize, eachSteps)
{
    private readonly object?[] _items = new object?[capacity];
    private int _objects;

    public bool Open { get; set; }

    public override long Objects => _objects;

    public void Release()
    {
        Array.Clear(_items);
        _objects = 0;
        Open = false;
    }

    protected override void Make()
    {
        if (Open && _objects < capacity)
            _items[_objects++] = make();
    }
}
