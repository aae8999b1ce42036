namespace Memtrace.Fuzz.Mutation;

/// <summary>Changes bytes without knowing what they mean.</summary>
internal static class ByteMutator
{
    private const int LongestRun = 64;

    private static readonly byte[][] Characters = [[0x00, 0xD8], [0x00, 0xDC], [0xFD, 0xFF], [0x1B, 0x00], [0x0A, 0x00], [0x00, 0x00], [0x5B, 0x00], [0x60, 0x00], [0x2E, 0x20]];

    /// <summary>Changes something.</summary>
    /// <param name="random">Decides what.</param>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The changed bytes, which can be fewer or more.</returns>
    public static byte[] Mutate(Random random, byte[] bytes)
    {
        if (bytes.Length == 0)
            return [(byte)random.Next(256)];
        var place = random.Next(bytes.Length);
        var run = Math.Min(random.Next(1, LongestRun), bytes.Length - place);
        switch (random.Next(9))
        {
            case 0:
                bytes[place] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[place] = (byte)random.Next(256);
                return bytes;
            case 2 or 3:
                Numbers.Write(random, bytes.AsSpan(place));
                return bytes;
            case 4:
                var character = Characters[random.Next(Characters.Length)];
                character.AsSpan(0, Math.Min(character.Length, bytes.Length - place)).CopyTo(bytes.AsSpan(place));
                return bytes;
            case 5:
                return [.. bytes.AsSpan(0, place), .. bytes.AsSpan(place + run)];
            case 6:
                var from = random.Next(bytes.Length - run + 1);
                return [.. bytes.AsSpan(0, place), .. bytes.AsSpan(from, run), .. bytes.AsSpan(place)];
            case 7:
                bytes.AsSpan(place, run).Fill((byte)(random.Next(2) * 0xFF));
                return bytes;
            default:
                var source = random.Next(bytes.Length - run + 1);
                bytes.AsSpan(source, run).ToArray().CopyTo(bytes, place);
                return bytes;
        }
    }
}
