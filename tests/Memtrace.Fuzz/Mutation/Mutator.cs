using System.Buffers.Binary;
using Memtrace.Nettrace;

namespace Memtrace.Fuzz.Mutation;

/// <summary>A changed recording.</summary>
/// <param name="Origin">What it was before.</param>
/// <param name="Bytes">What it is now.</param>
internal sealed record MutatedRecording(Recording Origin, byte[] Bytes);

/// <summary>Damages recordings: some as a disk or a network would, most as somebody would who knows the format.</summary>
/// <param name="corpus">What there is to damage.</param>
internal sealed class Mutator(IReadOnlyList<Recording> corpus)
{
    private const int LargestInput = 1 << 20;

    /// <summary>The recording of one seed.</summary>
    /// <param name="seed">Decides all.</param>
    public MutatedRecording Next(int seed)
    {
        var random = new Random(seed);
        var origin = corpus[random.Next(corpus.Count)];
        var bytes = origin.Blocks.Count > 0 && random.Next(5) != 0 ? ChangeBlocks(random, origin) : [.. origin.Bytes];
        if (random.Next(4) == 0)
            bytes = Blindly(random, bytes, random.Next(1, 6));
        if (random.Next(8) == 0)
            DeclareSize(random, origin, bytes);
        if (random.Next(10) == 0)
            bytes = bytes[..random.Next(bytes.Length + 1)];
        return new MutatedRecording(origin, bytes.Length > LargestInput ? bytes[..LargestInput] : bytes);
    }

    private static byte[] Blindly(Random random, byte[] bytes, int changes)
    {
        for (; changes > 0; changes--)
            bytes = ByteMutator.Mutate(random, bytes);
        return bytes;
    }

    /// <summary>Writes a number over the place where a block declares its size or its name's length.</summary>
    private static void DeclareSize(Random random, Recording origin, byte[] bytes)
    {
        if (origin.Blocks.Count == 0)
            return;
        var block = origin.Blocks[random.Next(origin.Blocks.Count)];
        var place = origin.Framing == NettraceFraming.Blocks || random.Next(3) == 0 ? block.Offset : block.Payload - sizeof(int) - random.Next(4);
        if (place >= 0 && place + sizeof(int) <= bytes.Length)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place), (int)Numbers.Next(random));
    }

    private byte[] ChangeBlocks(Random random, Recording origin)
    {
        var blocks = Copy(origin);
        for (var changes = 1 + (random.Next(2) * random.Next(5)); changes > 0 && blocks.Count > 0; changes--)
            ChangeBlock(random, origin.Framing!.Value, blocks);
        return Write(origin, blocks, hasEndMark: random.Next(5) != 0);
    }

    private static List<(BlockKind Kind, byte[] Payload)> Copy(Recording recording) =>
        [.. recording.Blocks.Select(block => (block.Kind, recording.Bytes[block.Payload..(block.Payload + block.Length)]))];

    private void ChangeBlock(Random random, NettraceFraming framing, List<(BlockKind Kind, byte[] Payload)> blocks)
    {
        var index = random.Next(blocks.Count);
        var (kind, payload) = blocks[index];
        switch (random.Next(17))
        {
            case 16:
                // The clock, the pointer's size and the date decide what all other numbers mean.
                Numbers.Write(random, blocks[0].Payload);
                break;
            case 0:
                blocks.RemoveAt(index);
                break;
            case 1:
                blocks.Insert(random.Next(blocks.Count + 1), (kind, [.. payload]));
                break;
            case 2:
                var other = random.Next(blocks.Count);
                (blocks[index], blocks[other]) = (blocks[other], blocks[index]);
                break;
            case 3:
                blocks[index] = (kind, payload[..random.Next(payload.Length + 1)]);
                break;
            case 4:
                Splice(random, framing, blocks, index);
                break;
            case 5:
                blocks[index] = ((BlockKind)random.Next(1, framing == NettraceFraming.Blocks ? 12 : 6), payload);
                break;
            case 6 or 7 or 8:
                blocks[index] = (kind, Blindly(random, payload, random.Next(1, 4)));
                break;
            case 9:
                Repeat(random, blocks, index);
                break;
            default:
                blocks[index] = (kind, kind == BlockKind.Event ? EventMutator.Mutate(random, framing, payload) : Blindly(random, payload, 1));
                break;
        }
    }

    /// <summary>Goes on with the blocks of another recording.</summary>
    private void Splice(Random random, NettraceFraming framing, List<(BlockKind Kind, byte[] Payload)> blocks, int index)
    {
        var source = corpus[random.Next(corpus.Count)];
        if (source.Framing is null)
            return;
        var others = Copy(source);
        blocks.RemoveRange(index, random.Next(blocks.Count - index + 1));
        blocks.InsertRange(index, others.Skip(random.Next(others.Count + 1)).Where(block => framing == NettraceFraming.Blocks || block.Kind <= BlockKind.Stack));
    }

    /// <summary>Has a block many times.</summary>
    private static void Repeat(Random random, List<(BlockKind Kind, byte[] Payload)> blocks, int index)
    {
        var count = Math.Min(random.Next(2, 40), LargestInput / 4 / Math.Max(blocks[index].Payload.Length, 1));
        blocks.InsertRange(index, Enumerable.Range(0, Math.Max(0, count)).Select(_ => (blocks[index].Kind, (byte[])[.. blocks[index].Payload])).ToList());
    }

    private static byte[] Write(Recording origin, List<(BlockKind Kind, byte[] Payload)> blocks, bool hasEndMark)
    {
        var framer = new BlockFramer(origin.Framing!.Value);
        var stream = new PayloadWriter().Bytes(origin.Bytes.AsSpan(0, origin.HeaderLength));
        foreach (var (kind, payload) in blocks)
        {
            if (stream.Written.Length < LargestInput)
                framer.Write(stream, position: 0, kind, payload);
        }

        if (hasEndMark)
            framer.WriteEndMark(stream);
        return stream.Written.ToArray();
    }
}
