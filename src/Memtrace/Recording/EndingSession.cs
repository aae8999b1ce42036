using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Passes on the blocks of a session that is being replaced, up to its last event block. A sequence point after that is later than the first events that
/// only the other session has; to a reader of that point these would be a step back in time.
/// </summary>
internal sealed class EndingSession
{
    private readonly List<NettraceBlock> _heldBack = [];

    /// <summary>Takes a block.</summary>
    /// <returns>The blocks to write now.</returns>
    public IReadOnlyList<NettraceBlock> HoldBack(in NettraceBlock block)
    {
        if (block.Kind != BlockKind.Event)
        {
            // The reader reuses its buffer for the next block.
            _heldBack.Add(block with { Payload = block.Payload.ToArray() });
            return [];
        }

        NettraceBlock[] blocks = [.. _heldBack, block];
        _heldBack.Clear();
        return blocks;
    }
}
