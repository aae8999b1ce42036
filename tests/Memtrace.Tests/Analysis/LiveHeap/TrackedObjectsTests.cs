using Memtrace.Analysis.LiveHeap;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class TrackedObjectsTests
{
    private readonly TrackedObjects _objects = new();
    private readonly List<ulong> _overwritten = [];
    private double _now;

    private void Add(ulong address, long size = 16) => _objects.Add(new TrackedObject { Address = address, Size = size, Born = ++_now, Bytes = 1, Objects = 1 });

    private ulong[] Settle()
    {
        _objects.Settle(item => _overwritten.Add(item.Address));
        return [.. _objects.Settled.ToArray().Select(item => item.Address)];
    }

    [Fact]
    public void New_ones_are_merged_into_the_order()
    {
        Add(300);
        Add(100);
        Assert.Equal([100ul, 300], Settle());
        Add(400);
        Add(200);
        Add(50);
        Assert.Equal(5, _objects.Count);
        Assert.Equal([50ul, 100, 200, 300, 400], Settle());
        Assert.Empty(_overwritten);
    }

    [Fact]
    public void Of_two_that_overlap_the_older_one_goes()
    {
        Add(100, 50);
        Settle();
        Add(140);
        Assert.Equal([140ul], Settle());
        Assert.Equal([100ul], _overwritten);
    }

    [Fact]
    public void An_older_one_after_a_younger_one_goes_too()
    {
        Add(140);
        Settle();
        Add(100, 50);
        Assert.Equal([100ul], Settle());
        Assert.Equal([140ul], _overwritten);
    }

    [Fact]
    public void Neighbors_do_not_overlap()
    {
        Add(100, 16);
        Add(116, 16);
        Assert.Equal([100ul, 116], Settle());
    }

    [Fact]
    public void Those_that_moved_are_out_of_order_until_they_are_merged_again()
    {
        foreach (var address in new ulong[] { 100, 200, 300, 400 })
            Add(address);
        Settle();
        _objects.Rearrange((int index, ref TrackedObject item) =>
        {
            if (index == 0)
                item.Address = 500;
            return index != 2;
        });
        Assert.Equal((2, 1, 3), (_objects.Settled.Length, _objects.Loose.Length, _objects.Count));
        Assert.Equal([200ul, 400, 500], Settle());
    }

    [Fact]
    public void Many_at_random_stay_in_order_through_many_rounds()
    {
        var random = new Random(9);
        var expected = new SortedSet<ulong>();
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                var address = (ulong)random.Next(1_000_000) * 16;
                if (expected.Add(address))
                    Add(address);
            }

            Assert.Equal(expected, Settle());
            _objects.Rearrange((int index, ref TrackedObject item) =>
            {
                expected.Remove(item.Address);
                if (random.Next(3) == 0)
                    return false;
                if (random.Next(3) == 0)
                    item.Address = (1ul << 40) + item.Address + ((ulong)round << 44);
                return expected.Add(item.Address);
            });
        }
    }
}
