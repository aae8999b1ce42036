using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Symptoms;

/// <summary>10 MB/s of small arrays that stay, among garbage that makes collections look at them.</summary>
internal sealed class Leak : Symptom
{
    private readonly List<byte[]> _kept = [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 1000; i++)
        {
            var array = new byte[1000];
            if (i % 10 == 0)
                _kept.Add(array);
        }
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

/// <summary>Objects whose finalizer waits for ever, with collections that find them.</summary>
internal sealed class Unfinalized : Symptom
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step()
    {
        for (var i = 0; i < 300; i++)
            _ = new Waiting();
        GC.Collect(0);
        Thread.Sleep(30);
    }

    private sealed class Waiting
    {
        ~Waiting() => Thread.Sleep(Timeout.Infinite);
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
