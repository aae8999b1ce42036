using Memtrace.Recording.Buffering;

namespace Memtrace.Tests.Recording.Buffering;

public sealed class EventSpoolTests
{
    [Fact]
    public void Events_come_back_as_they_were_in_their_order_however_large()
    {
        var random = new Random(4711);
        using var spool = new EventSpool();
        var added = new List<byte[]>();
        for (var i = 0; i < 300; i++)
        {
            var payload = new byte[i % 50 == 0 ? 100_000 : random.Next(0, 1000)];
            random.NextBytes(payload);
            added.Add(payload);
            spool.Add(i, ulong.MaxValue - (ulong)i, long.MinValue + i, payload);
        }

        for (var time = 1; time <= 2; time++)
        {
            var events = spool.Read();
            for (var i = 0; i < added.Count; i++)
            {
                Assert.True(events.Read());
                Assert.Equal((i, ulong.MaxValue - (ulong)i, long.MinValue + i), (events.MetadataId, events.Thread, events.Timestamp));
                Assert.Equal(added[i], events.Payload);
            }

            Assert.False(events.Read());
            Assert.Equal(spool.Size, events.Position);
        }
    }

    [Fact]
    public void An_empty_one_has_none()
    {
        using var spool = new EventSpool();

        Assert.False(spool.Read().Read());
        Assert.Equal(0, spool.Size);
    }

    [Fact]
    public void Events_can_be_added_after_others_were_read()
    {
        using var spool = new EventSpool();
        spool.Add(1, 0, 0, [1, 2, 3]);
        Assert.True(spool.Read().Read());
        spool.Add(2, 0, 0, []);

        var events = spool.Read();

        Assert.True(events.Read() && events.Read());
        Assert.Equal(2, events.MetadataId);
    }
}
