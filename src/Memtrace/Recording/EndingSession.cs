using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Passes on the blocks of a session that another takes over from, up to its last events. A sequence point behind them is later than the first events
/// that only the other session has; a reader that has seen the point would take these for a step back in time.
/// </summary>
internal sealed class EndingSession
{
    private readonly List<NettraceBlock> _heldBack = [];

    /// <summary>Takes a block.</summary>
    /// <returns>The blocks to be written now.</returns>
    public IReadOnlyList<NettraceBlock> HoldBack(in NettraceBlock block)
    {
        if (block.Kind != BlockKind.Event)
        {
            // The reader's own memory is used again for the next block.
            _heldBack.Add(block with { Payload = block.Payload.ToArray() });
            return [];
        }

        NettraceBlock[] blocks = [.. _heldBack, block];
        _heldBack.Clear();
        return blocks;
    }
}
