using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Events;

public sealed class CollectionEventsTests
{
    [Fact]
    public void A_collections_start_and_end()
    {
        var start = new PayloadWriter().Int32(41).Int32(2).Int32(6).Int32(1).UInt16(9).Int64(5).Written;
        var end = new PayloadWriter().Int32(41).Int32(2).UInt16(9).Written;

        Assert.Equal(new CollectionStart(1, 41, 2, 6, CollectionKind.Background, 7), CollectionStart.Read(Recorded.Event(start)));
        Assert.Equal(new CollectionEnd(2, 41, 2), CollectionEnd.Read(Recorded.Event(end, seconds: 2)));
    }

    [Fact]
    public void A_trigger_has_its_reason_and_stack()
    {
        var trigger = CollectionTrigger.Read(Recorded.Event(new PayloadWriter().Int32(1).UInt16(9).Written, stack: [3, 4]));

        Assert.Equal((1, 1), (trigger.Seconds, trigger.Reason));
        Assert.Equal([3, 4], trigger.Stack.ToArray());
    }

    [Fact]
    public void The_number_of_finalized_objects_has_no_sign() =>
        Assert.Equal(new FinalizersEnd(1, 0xFFFF_FFFF), FinalizersEnd.Read(Recorded.Event(new PayloadWriter().Int32(-1).UInt16(9).Written)));

    [Fact]
    public void A_suspension_has_its_reason() => Assert.Equal(
        new SuspensionBegin(1, SuspensionReason.CollectionPreparation),
        SuspensionBegin.Read(Recorded.Event(new PayloadWriter().Int32(6).Int32(40).UInt16(9).Written)));
}
