using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Packs a block of memory, some pages, and unpacks it word for word. A block with objects takes a third or less: most of its words are zero, are the same few
/// method tables, point to what was allocated just before, or are small numbers and characters.
/// </summary>
/// <remarks>
/// The first byte is the form. In the packed form come the kinds of the words, two a byte, and after them what remains of each word by its kind. The remains are
/// little-endian.
/// </remarks>
internal static unsafe class PackedBlock
{
    /// <summary>The size of a block, in bytes. Its address is a multiple of it.</summary>
    public const int Size = 1 << 14;

    /// <summary>How many words that is.</summary>
    public const int Words = Size / sizeof(ulong);

    /// <summary>The most that a block takes while it is packed.</summary>
    public const int MostPacked = 1 + (Words / 2) + Size + sizeof(ulong);

    private const byte Zeros = 0, Packed = 1, Plain = 2;
    private const int Seen = 1 << 6;
    private const ulong CharacterMask = 0x00FF_00FF_00FF_00FF;

    private enum Kind : byte
    {
        Zero,

        /// <summary>The same as the last word with this hash.</summary>
        Seen,

        /// <summary>An address up to 256 KB away: the distance.</summary>
        Near,

        /// <summary>An address up to 16 GB away: the distance.</summary>
        Far,
        Byte,
        Short,
        Int,

        /// <summary>Four numbers, or characters, of a byte each.</summary>
        Characters,

        /// <summary>The lower half is zero.</summary>
        Upper,

        /// <summary>The upper half is that of the last word that was kept whole.</summary>
        Lower,
        Whole,
    }

    /// <summary>Packs a block.</summary>
    /// <param name="words">Its words.</param>
    /// <param name="address">Its address.</param>
    /// <param name="to">Where to, <see cref="MostPacked"/> bytes.</param>
    /// <returns>How many bytes it takes.</returns>
    public static int Pack(ReadOnlySpan<ulong> words, ulong address, Span<byte> to)
    {
        if (!words.ContainsAnyExcept(0UL))
        {
            to[0] = Zeros;
            return 1;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(to.Length, MostPacked, nameof(to));
        fixed (ulong* from = words[..Words])
        fixed (byte* begin = to)
        {
            *begin = Packed;
            var length = (int)(PackWords(from, address, begin + 1) - begin);
            if (length <= Size)
                return length;
            *begin = Plain;
            Unsafe.CopyBlockUnaligned(begin + 1, from, Size);
            return 1 + Size;
        }
    }

    /// <summary>Unpacks a block.</summary>
    /// <param name="from">What <see cref="Pack"/> wrote.</param>
    /// <param name="address">Its address.</param>
    /// <param name="words">Receives its words.</param>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static void Unpack(ReadOnlySpan<byte> from, ulong address, Span<ulong> words)
    {
        switch (from[0])
        {
            case Zeros:
                words[..Words].Clear();
                break;
            case Packed:
                fixed (byte* begin = from)
                fixed (ulong* to = words[..Words])
                {
                    if (UnpackWords(begin + 1, address, to) != begin + from.Length)
                        throw new InvalidDataException("packed memory has another length");
                }

                break;
            case Plain:
                from[1..].CopyTo(MemoryMarshal.AsBytes(words[..Words]));
                break;
            default:
                throw new InvalidDataException("packed memory has no such form");
        }
    }

    /// <summary>A digest by which a block is recognized. Two contents have the same one with a chance of 1 in 2 to the power of 64.</summary>
    /// <param name="words">Its words.</param>
    public static ulong Digest(ReadOnlySpan<ulong> words) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(words));

    [SkipLocalsInit]
    private static byte* PackWords(ulong* words, ulong address, byte* kinds)
    {
        var seen = stackalloc ulong[Seen];
        new Span<ulong>(seen, Seen).Clear();
        var next = kinds + (Words / 2);
        var upper = 0UL;
        for (var i = 0; i < Words; i += 2)
        {
            var first = PackWord(words[i], address + ((ulong)i * sizeof(ulong)), seen, ref upper, ref next);
            var second = PackWord(words[i + 1], address + ((ulong)(i + 1) * sizeof(ulong)), seen, ref upper, ref next);
            kinds[i / 2] = (byte)((int)first | ((int)second << 4));
        }

        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Kind PackWord(ulong word, ulong address, ulong* seen, ref ulong upper, ref byte* next)
    {
        if (word == 0)
            return Kind.Zero;
        if (word >> 32 == 0)
            return PackSmall((uint)word, ref next);
        var slot = SlotOf(word);
        if (seen[slot] == word)
        {
            *next++ = (byte)slot;
            return Kind.Seen;
        }

        seen[slot] = word;
        var distance = (long)(word - address);
        if ((distance & 7) == 0 && (distance >> 3) == (short)(distance >> 3))
        {
            Unsafe.WriteUnaligned(next, (short)(distance >> 3));
            next += sizeof(short);
            return Kind.Near;
        }

        return PackLarge(word, distance, ref upper, ref next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Kind PackSmall(uint word, ref byte* next)
    {
        Unsafe.WriteUnaligned(next, word);
        if (word <= byte.MaxValue)
        {
            next++;
            return Kind.Byte;
        }

        if (word <= ushort.MaxValue)
        {
            next += sizeof(ushort);
            return Kind.Short;
        }

        next += sizeof(uint);
        return Kind.Int;
    }

    private static Kind PackLarge(ulong word, long distance, ref ulong upper, ref byte* next)
    {
        var (kind, half) = (word & ~CharacterMask) == 0 ? (Kind.Characters, Narrow(word))
            : (distance & 7) == 0 && (distance >> 3) == (int)(distance >> 3) ? (Kind.Far, (uint)(distance >> 3))
            : (uint)word == 0 ? (Kind.Upper, (uint)(word >> 32))
            : word >> 32 == upper ? (Kind.Lower, (uint)word)
            : (Kind.Whole, 0u);
        if (kind == Kind.Whole)
        {
            Unsafe.WriteUnaligned(next, word);
            next += sizeof(ulong);
            upper = word >> 32;
            return kind;
        }

        Unsafe.WriteUnaligned(next, half);
        next += sizeof(uint);
        return kind;
    }

    [SkipLocalsInit]
    private static byte* UnpackWords(byte* kinds, ulong address, ulong* words)
    {
        var seen = stackalloc ulong[Seen];
        new Span<ulong>(seen, Seen).Clear();
        var next = kinds + (Words / 2);
        var upper = 0UL;
        for (var i = 0; i < Words; i += 2)
        {
            var both = kinds[i / 2];
            words[i] = UnpackWord((Kind)(both & 0xF), address + ((ulong)i * sizeof(ulong)), seen, ref upper, ref next);
            words[i + 1] = UnpackWord((Kind)(both >> 4), address + ((ulong)(i + 1) * sizeof(ulong)), seen, ref upper, ref next);
        }

        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong UnpackWord(Kind kind, ulong address, ulong* seen, ref ulong upper, ref byte* next)
    {
        switch (kind)
        {
            case Kind.Zero:
                return 0;
            case Kind.Seen:
                return seen[*next++ & (Seen - 1)];
            case Kind.Byte:
                return *next++;
            case Kind.Near:
                return Keep(address + (ulong)(Take<short>(ref next) * 8L), seen);
            default:
                return UnpackLarge(kind, address, seen, ref upper, ref next);
        }
    }

    private static ulong UnpackLarge(Kind kind, ulong address, ulong* seen, ref ulong upper, ref byte* next)
    {
        switch (kind)
        {
            case Kind.Short:
                return Take<ushort>(ref next);
            case Kind.Int:
                return Take<uint>(ref next);
            case Kind.Far:
                return Keep(address + (ulong)(Take<int>(ref next) * 8L), seen);
            case Kind.Characters:
                return Keep(Widen(Take<uint>(ref next)), seen);
            case Kind.Upper:
                return Keep((ulong)Take<uint>(ref next) << 32, seen);
            case Kind.Lower:
                return Keep(upper << 32 | Take<uint>(ref next), seen);
            case Kind.Whole:
                var word = Take<ulong>(ref next);
                upper = word >> 32;
                return Keep(word, seen);
            default:
                throw new InvalidDataException("packed memory has no such word");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Take<T>(ref byte* next)
        where T : unmanaged
    {
        var value = Unsafe.ReadUnaligned<T>(next);
        next += sizeof(T);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Keep(ulong word, ulong* seen)
    {
        seen[SlotOf(word)] = word;
        return word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(ulong word) => (int)((word * 0x9E37_79B9_7F4A_7C15) >> 58);

    private static uint Narrow(ulong word)
    {
        word = (word | (word >> 8)) & 0x0000_FFFF_0000_FFFF;
        return (uint)(word | (word >> 16));
    }

    private static ulong Widen(uint half)
    {
        var word = (half | ((ulong)half << 16)) & 0x0000_FFFF_0000_FFFF;
        return (word | (word << 8)) & CharacterMask;
    }
}
