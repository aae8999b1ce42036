using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tests.HeapSnapshots.Sources;

public sealed class PackedBlockTests
{
    private const ulong Begin = 0x7F12_3456_0000;

    private readonly byte[] _packed = new byte[PackedBlock.MostPacked];

    [Fact]
    public void Zeros_take_a_byte() => Assert.Equal(1, Pack(new ulong[PackedBlock.Words]));

    [Fact]
    public void Objects_take_less_than_a_third()
    {
        var words = new ulong[PackedBlock.Words];
        for (var i = 0; i + 6 < words.Length; i += 6)
        {
            words[i + 1] = 0x7F34_0000_1000 + ((ulong)(i % 4) * 0x88);
            words[i + 2] = Begin + ((ulong)i * sizeof(ulong)) - 48;
            words[i + 3] = (ulong)i;
            words[i + 4] = Begin + 0x1000_0000 + ((ulong)i * 4000);
        }

        Assert.InRange(Pack(words), 1, PackedBlock.Size / 3);
    }

    [Fact]
    public void Random_words_take_no_more_than_they_are()
    {
        var random = new Random(1);
        var words = new ulong[PackedBlock.Words];
        for (var i = 0; i < words.Length; i++)
            words[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);

        Assert.Equal(1 + PackedBlock.Size, Pack(words));
    }

    [Fact]
    public void Words_at_the_limits_of_each_kind_come_back()
    {
        ulong[] limits =
        [
            0, 1, 0xFF, 0x100, 0xFFFF, 0x1_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0xFFFF_FFFF_0000_0000, 0x00FF_00FF_00FF_00FF, 0x0041_0042_0043_0000, 0x0100_0000_0000_0001, ulong.MaxValue,
            0x7F34_0000_1000, 0x7F34_0000_1001, 0x7F34_FFFF_1001,
        ];
        var near = new long[] { 0, 8, -8, 4, 8 * short.MaxValue, 8 * (short.MaxValue + 1), 8 * short.MinValue, 8 * (short.MinValue - 1), 8L * int.MaxValue, 8L * int.MinValue, 8L * int.MaxValue + 8, 8L * int.MinValue - 8 };
        var random = new Random(2);
        for (var round = 0; round < 200; round++)
        {
            var words = new ulong[PackedBlock.Words];
            for (var i = 0; i < words.Length; i++)
            {
                var address = Begin + ((ulong)i * sizeof(ulong));
                words[i] = random.Next(4) switch
                {
                    0 => limits[random.Next(limits.Length)],
                    1 => address + (ulong)near[random.Next(near.Length)],
                    2 => (ulong)random.NextInt64() >> random.Next(64),
                    _ => words[random.Next(i + 1)],
                };
            }

            Pack(words);
        }
    }

    [Fact]
    public void What_is_damaged_is_no_memory()
    {
        var words = new ulong[PackedBlock.Words];
        words[7] = 5;
        var length = PackedBlock.Pack(words, Begin, _packed);

        Assert.Throws<InvalidDataException>(() => PackedBlock.Unpack(_packed.AsSpan(0, length - 1), Begin, words));
        _packed[0] = 7;
        Assert.Throws<InvalidDataException>(() => PackedBlock.Unpack(_packed.AsSpan(0, length), Begin, words));
    }

    [Fact]
    public void Contents_that_differ_in_a_bit_have_different_digests()
    {
        var words = new ulong[PackedBlock.Words];
        var digests = new HashSet<ulong> { PackedBlock.Digest(words) };
        for (var bit = 0; bit < PackedBlock.Size * 8; bit += 13)
        {
            words[bit / 64] ^= 1UL << (bit % 64);
            Assert.True(digests.Add(PackedBlock.Digest(words)));
            words[bit / 64] = 0;
        }
    }

    /// <summary>Packs words, and asserts that they come back.</summary>
    private int Pack(ulong[] words)
    {
        var length = PackedBlock.Pack(words, Begin, _packed);
        var back = new ulong[PackedBlock.Words];
        PackedBlock.Unpack(_packed.AsSpan(0, length), Begin, back);
        Assert.Equal(words, back);
        return length;
    }
}
