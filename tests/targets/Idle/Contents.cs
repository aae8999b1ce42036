namespace Idle;

/// <summary>Arrays and strings with known contents, in pairs; those of each element type have one size.</summary>
internal static class Contents
{
    /// <summary>Creates them.</summary>
    public static object[] Create() =>
    [
        // Large.
        Filled<uint>(1 << 18), Filled<uint>(1 << 18), new string('7', 1 << 18), new string('7', 1 << 18),

        // Pinned, and little larger than the gap over which the segments of a copy are joined.
        .. Enumerable.Range(0, 8).Select(_ => Filled<ushort>((1 << 15) + (1 << 11), pinned: true)),

        // Never written to.
        new ulong[1 << 18], new ulong[1 << 18],

        // Small.
        Filled<short>(1000), Filled<short>(1000),
    ];

    private static T[] Filled<T>(int length, bool pinned = false)
        where T : struct, System.Numerics.INumber<T>
    {
        var array = GC.AllocateArray<T>(length, pinned);
        array.AsSpan().Fill(T.One);
        return array;
    }
}
