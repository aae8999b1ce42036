using Memtrace.Recording;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Recording;

public sealed class EndingSessionTests
{
    [Fact]
    public void Blocks_before_an_event_are_passed_on_with_it_and_those_after_the_last_are_not()
    {
        var session = new EndingSession();

        var passed = new[] { BlockKind.Stack, BlockKind.Event, BlockKind.SequencePoint, BlockKind.Stack, BlockKind.Event, BlockKind.SequencePoint }
            .Select((kind, i) => session.HoldBack(new NettraceBlock(kind, new[] { (byte)i })).Select(block => (block.Kind, block.Payload.Span[0])).ToArray())
            .ToList();

        Assert.Equal([0, 2, 0, 0, 3, 0], passed.Select(blocks => blocks.Length));
        Assert.Equal([(BlockKind.SequencePoint, 2), (BlockKind.Stack, 3), (BlockKind.Event, 4)], passed[4].Select(block => (block.Kind, (int)block.Item2)));
    }

    [Fact]
    public void A_block_is_kept_when_its_memory_is_used_again()
    {
        var session = new EndingSession();
        byte[] memory = [1];
        session.HoldBack(new NettraceBlock(BlockKind.Stack, memory));
        memory[0] = 2;

        Assert.Equal(1, session.HoldBack(new NettraceBlock(BlockKind.Event, memory))[0].Payload.Span[0]);
    }
}
