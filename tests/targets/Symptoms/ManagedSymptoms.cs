using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Symptoms;

/// <summary>10 MB/s of small arrays that stay, among garbage that makes collections look at them. The amount is what their elements take.</summary>
internal class Leak(int arraysAStep = 1000) : Symptom
{
    private readonly List<byte[]> _kept = [];
    private long _bytes;

    public override long Amount => Volatile.Read(ref _bytes);

    protected override bool KeepsPace => true;

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < arraysAStep; i++)
        {
            var array = new byte[1000];
            if (i % 10 == 0)
                _kept.Add(array);
        }

        Volatile.Write(ref _bytes, _kept.Count * 1000L);
    }
}

/// <summary>A leak of 3 MB/s whose arrays get old, while the program forbids what could find out whether they live.</summary>
internal sealed class Unlooked : Leak
{
    public Unlooked()
        : base(300) => GCSettings.LatencyMode = GCLatencyMode.LowLatency;
}

/// <summary>
/// 150 MB of small arrays that nobody keeps, and then a full collection that finds it so. A collector that may hold as much for new objects
/// (DOTNET_GCgen0size) keeps that much committed.
/// </summary>
internal sealed class Released : Symptom
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 150_000; i++)
            GC.KeepAlive(new byte[1000]);
        GC.Collect();
        Thread.Sleep(100);
    }
}

/// <summary>Many objects that refer to each other, and collections of all of them with hardly a break. The amount is the pauses so far, in milliseconds.</summary>
internal sealed class Standstill : Symptom
{
    private readonly LinkedList<int> _list = new(Enumerable.Range(0, 300_000));

    public override long Amount => (long)GC.GetTotalPauseDuration().TotalMilliseconds;

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 6; i++)
            GC.Collect();
        GC.KeepAlive(_list);
    }
}

/// <summary>Objects that live for as long as it takes to get old, and no longer.</summary>
internal sealed class MidLife : Symptom
{
    private readonly Queue<byte[]> _queue = [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 1500; i++)
        {
            _queue.Enqueue(new byte[1000]);
            if (_queue.Count > 60_000)
                _queue.Dequeue();
        }
    }
}

/// <summary>400 MB/s of large arrays that nobody keeps.</summary>
internal sealed class LargeChurn : Symptom
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 4; i++)
            new byte[1_000_000].AsSpan().Fill(1);
    }
}

/// <summary>100 MB of large arrays of which three of four are gone, and a full collection five times a second that finds it so.</summary>
internal sealed class Holes : Symptom
{
    private readonly byte[]?[] _arrays = [.. Enumerable.Range(0, 1000).Select(Filled)];

    public Holes()
    {
        for (var i = 0; i < _arrays.Length; i++)
        {
            if (i % 4 != 0)
                _arrays[i] = null;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        GC.Collect();
        Thread.Sleep(200);
    }

    private static byte[] Filled(int index)
    {
        var array = new byte[100_000];
        array.AsSpan().Fill((byte)index);
        return array;
    }
}

/// <summary>A full collection five times a second that the program asks for.</summary>
internal sealed class Induced : Symptom
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        GC.Collect();
        Thread.Sleep(200);
    }
}

/// <summary>Objects whose finalizer waits for ever, with collections that find them. The amount is how many there were.</summary>
internal sealed class Unfinalized : Symptom
{
    private long _objects;

    public override long Amount => Volatile.Read(ref _objects);

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 300; i++)
            _ = new Waiting();
        Volatile.Write(ref _objects, _objects + 300);
        GC.Collect(0);
        Thread.Sleep(30);
    }

    private sealed class Waiting
    {
        ~Waiting() => Thread.Sleep(Timeout.Infinite);
    }
}

/// <summary>As many objects, whose finalizer returns.</summary>
internal sealed class Finalized : Symptom
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 300; i++)
            _ = new Done();
        GC.Collect(0);
        Thread.Sleep(30);
    }

    private sealed class Done
    {
        ~Done() => GC.KeepAlive(this);
    }
}

/// <summary>Young arrays that are pinned for a while, and garbage between them.</summary>
internal sealed class Pinned : Symptom
{
    private readonly Queue<GCHandle> _pins = [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 2000; i++)
        {
            var array = new byte[1000];
            if (i % 20 == 0)
                _pins.Enqueue(GCHandle.Alloc(array, GCHandleType.Pinned));
            if (_pins.Count > 4000)
                _pins.Dequeue().Free();
        }
    }
}
