namespace Memtrace.HeapSnapshots;

/// <summary>The phase of taking or reading a snapshot.</summary>
internal enum HeapPhase
{
    /// <summary>The request is about to be sent to the process.</summary>
    Starting,

    /// <summary>The process is paused: it collects and walks its heap.</summary>
    Walking,

    /// <summary>The process is stopped while its memory is copied, and then the copy is read.</summary>
    Copying,

    /// <summary>The process runs again; its methods and static fields are being named.</summary>
    Naming,

    /// <summary>The graph is being built.</summary>
    Building,
}

/// <summary>The progress of taking or reading a snapshot. May be read from any thread meanwhile.</summary>
internal sealed class HeapProgress
{
    private long _objects;
    private long _bytes;
    private int _phase;

    /// <summary>The current phase.</summary>
    public HeapPhase Phase
    {
        get => (HeapPhase)Volatile.Read(ref _phase);
        internal set => Volatile.Write(ref _phase, (int)value);
    }

    /// <summary>The objects so far.</summary>
    public long Objects => Volatile.Read(ref _objects);

    /// <summary>Their size, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    internal void Add(long objects, long bytes)
    {
        Volatile.Write(ref _objects, _objects + objects);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    internal void Restart(HeapPhase phase)
    {
        Phase = phase;
        Volatile.Write(ref _objects, 0);
        Volatile.Write(ref _bytes, 0);
    }
}
