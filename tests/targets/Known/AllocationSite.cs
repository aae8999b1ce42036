namespace Known;

/// <summary>A method that allocates objects of one type and one exact size.</summary>
/// <param name="Method">The method's name as it stands in the source; in a stack a lambda or an async method has a compiler's name around it.</param>
/// <param name="Type">The type that it allocates.</param>
/// <param name="ObjectSize">Bytes of one object.</param>
/// <param name="Allocate">Allocates this many objects and returns the bytes that the thread's own counter saw.</param>
internal sealed record AllocationSite(string Method, Type Type, long ObjectSize, Func<int, Sink, long> Allocate)
{
    private const long Header = 16;
    private const long ArrayHeader = 24;

    public static IReadOnlyList<AllocationSite> All { get; } =
    [
        Of<Tick>(nameof(AllocationSites.SmallObjects), Header + 8, AllocationSites.SmallObjects),
        Of<Tick>(nameof(AllocationSites.MoreSmallObjects), Header + 8, AllocationSites.MoreSmallObjects),
        Of<Order>(nameof(AllocationSites.MediumObjects), Header + (6 * 8), AllocationSites.MediumObjects),
        Of<long>(nameof(AllocationSites.BoxedValues), Header + 8, AllocationSites.BoxedValues),
        Of<Candle[]>(nameof(AllocationSites.StructArrays), ArrayHeader + (11 * 16), AllocationSites.StructArrays),
        Of<string>(nameof(AllocationSites.Strings), Header + 4 + (21 * 2), AllocationSites.Strings),
        Of<byte[]>(nameof(AllocationSites.ByteArrays), ArrayHeader + 4096, AllocationSites.ByteArrays),
        Of<long[]>(nameof(AllocationSites.LongArrays), ArrayHeader + 80_000, AllocationSites.LongArrays),
        Of<int[]>(nameof(AllocationSites.LargeArrays), ArrayHeader + 200_000, AllocationSites.LargeArrays),
        Of<short[]>(nameof(AllocationSites.PinnedArrays), ArrayHeader + 16_384, AllocationSites.PinnedArrays),
        Of<Entry<long, string>>(nameof(AllocationSites.GenericObjects), Header + (2 * 8), AllocationSites.GenericObjects),
        Of<Entry<Uri, object>>(nameof(AllocationSites.FromGenericMethod), Header + (2 * 8), AllocationSites.FromGenericMethod<Uri>),
        Of<KeyValuePair<int, double>[]>(nameof(AllocationSites.FromLambda), ArrayHeader + (7 * 16), AllocationSites.FromLambda),
        Of<Version>(nameof(AllocationSites.FromLocalFunction), Header + (4 * 4), AllocationSites.FromLocalFunction),
        new(nameof(AllocationSites.FromIterator), typeof(Uri[]), ArrayHeader + (5 * 8), Enumerate),
        new(nameof(AllocationSites.FromAsync), typeof(Quote), Header + (2 * 8), (count, sink) => AllocationSites.FromAsync(count, sink).Result),
    ];

    private static AllocationSite Of<T>(string method, long size, Action<int, Sink> allocate) =>
        new(method, typeof(T), AlignToWord(size), (count, sink) =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            allocate(count, sink);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

    /// <summary>The enumerator itself is not among the counted objects.</summary>
    private static long Enumerate(int count, Sink sink)
    {
        using var arrays = AllocationSites.FromIterator(count).GetEnumerator();
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (arrays.MoveNext())
            sink.Value = arrays.Current;

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long AlignToWord(long size) => (size + 7) & ~7L;
}
