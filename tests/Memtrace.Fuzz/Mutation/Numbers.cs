using System.Buffers.Binary;

namespace Memtrace.Fuzz.Mutation;

/// <summary>Numbers at which arithmetic goes wrong.</summary>
internal static class Numbers
{
    private static readonly long[] Interesting =
    [
        0, 1, -1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 400_000_000, 1_500_000_000,
        int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 40, 1L << 62, long.MaxValue, long.MaxValue - 1, long.MinValue, long.MinValue + 1,
        0x7FF0_0000_0000_0000, unchecked((long)0xFFF8_0000_0000_0000), 0x7FEF_FFFF_FFFF_FFFF,
    ];

    /// <summary>One of them, or any number.</summary>
    public static long Next(Random random) => random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : Interesting[random.Next(Interesting.Length)];

    /// <summary>Writes one over bytes, with 1, 2, 4 or 8 bytes or as a number of variable length.</summary>
    public static void Write(Random random, Span<byte> bytes)
    {
        Span<byte> number = stackalloc byte[10];
        var value = Next(random);
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        var size = 1 << random.Next(4);
        if (random.Next(4) == 0)
            size = WriteVariable((ulong)value, number);
        if (size > bytes.Length)
            return;
        number[..size].CopyTo(bytes[random.Next(bytes.Length - size + 1)..]);
    }

    private static int WriteVariable(ulong value, Span<byte> number)
    {
        var size = 0;
        for (; value >= 0x80; value >>= 7)
            number[size++] = (byte)(value | 0x80);
        number[size++] = (byte)value;
        return size;
    }
}
