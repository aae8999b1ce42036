namespace Footprint;

/// <summary>Objects of a known total size, headers included.</summary>
internal static class ManagedMemory
{
    /// <summary>Method table, object header, length: what an array needs besides its elements.</summary>
    private const int ArrayOverhead = 24;
    private const int SmallObject = 1024;
    private const int LargeArray = 1 << 20;

    /// <summary>Small arrays, in generation 2.</summary>
    public static object Small(long bytes)
    {
        var objects = new byte[bytes / SmallObject][];
        for (var i = 0; i < objects.Length; i++)
            objects[i] = new byte[SmallObject - ArrayOverhead];
        GC.Collect();
        GC.Collect();
        return objects;
    }

    /// <summary>Large arrays, each page of them written to.</summary>
    public static object Arrays(long bytes, bool pinned)
    {
        var arrays = new byte[bytes / LargeArray][];
        for (var i = 0; i < arrays.Length; i++)
        {
            arrays[i] = GC.AllocateUninitializedArray<byte>(LargeArray - ArrayOverhead, pinned);
            Array.Fill(arrays[i], (byte)1);
        }

        return arrays;
    }
}
