namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts what the objects of one type contain. Not thread-safe.</summary>
internal interface IObjectCensus
{
    /// <summary>Counts an object.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="size">Its size, in bytes.</param>
    void Add(ulong address, long size);
}
