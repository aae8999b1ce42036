using Memtrace.Recording.Buffering;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Recording.Buffering;

public sealed class BlockRingTests
{
    private readonly List<byte[]> _left = [];

    [Fact]
    public void Blocks_come_back_as_they_were_in_their_order()
    {
        using var ring = new BlockRing(1000);
        Add(ring, 1, 100);
        Add(ring, 2, 300);

        Assert.Equal([100, 300], Contents(ring).Select(block => block.Length));
        Assert.All(Contents(ring)[1], item => Assert.Equal(2, item));
        Assert.Equal(400, ring.Size);
        Assert.Empty(_left);
    }

    [Fact]
    public void The_oldest_make_room_for_the_newest_and_can_be_read_a_last_time()
    {
        using var ring = new BlockRing(1000);
        for (byte i = 1; i <= 5; i++)
            Add(ring, i, 300);

        Assert.Equal([1, 2], _left.Select(block => block[^1]));
        Assert.Equal([3, 4, 5], Contents(ring).Select(block => block[0]));
        Assert.Equal(900, ring.Size);
    }

    [Fact]
    public void The_last_blocks_are_kept_however_large_and_never_more_than_the_ring_holds()
    {
        const int Capacity = 10_000;
        var random = new Random(4711);
        using var ring = new BlockRing(Capacity);
        for (var i = 0; i < 2000; i++)
        {
            Add(ring, (byte)i, random.Next(1, 3000));
            Assert.InRange(ring.Size, 1, Capacity);
        }

        var kept = Contents(ring).Select(block => (int)block[0]).ToList();
        Assert.Equal(Enumerable.Range(2000 - kept.Count, kept.Count).Select(i => i & 0xFF), kept);
        Assert.All(Contents(ring), block => Assert.All(block, item => Assert.Equal(block[0], item)));
        Assert.Equal(2000, kept.Count + _left.Count);
        Assert.Equal(Enumerable.Range(0, _left.Count).Select(i => i & 0xFF), _left.Select(block => (int)block[0]));
    }

    [Fact]
    public void Blocks_that_are_too_old_are_dropped()
    {
        using var ring = new BlockRing(1000);
        for (byte i = 1; i <= 5; i++)
            ring.Add(BlockKind.Event, [i], timestamp: i * 10, Leave(ring), isNeededLater: true);

        ring.RemoveBefore(30, Leave(ring));

        Assert.Equal([1, 2], _left.Select(block => block[0]));
        Assert.Equal([3, 4, 5], Contents(ring).Select(block => block[0]));
    }

    private void Add(BlockRing ring, byte value, int length)
    {
        var block = new byte[length];
        Array.Fill(block, value);
        ring.Add(BlockKind.Event, block, timestamp: 0, Leave(ring), isNeededLater: true);
    }

    private Action<BlockRing.Entry> Leave(BlockRing ring) => entry => _left.Add(ring.Read(entry));

    private static List<byte[]> Contents(BlockRing ring) => [.. ring.Entries.Select(ring.Read)];
}
