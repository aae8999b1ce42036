using Memtrace.Nettrace;

namespace Memtrace.Fuzz;

/// <summary>A block of a recording.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Offset">Where its framing begins.</param>
/// <param name="Payload">Where its payload begins.</param>
/// <param name="Length">The payload's size, in bytes.</param>
/// <param name="End">Where the next block begins.</param>
internal readonly record struct RecordedBlock(BlockKind Kind, int Offset, int Payload, int Length, int End);

/// <summary>A file of the corpus, taken apart into its blocks as far as that goes.</summary>
internal sealed class Recording
{
    private Recording(string name, byte[] bytes) => (Name, Bytes) = (name, bytes);

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>The file.</summary>
    public byte[] Bytes { get; }

    /// <summary>How its blocks are framed; null if it does not even begin as a recording does.</summary>
    public NettraceFraming? Framing { get; private set; }

    /// <summary>Where the first block begins.</summary>
    public int HeaderLength { get; private set; }

    /// <summary>The blocks up to the end mark or to damage.</summary>
    public IReadOnlyList<RecordedBlock> Blocks { get; private set; } = [];

    /// <summary>Reads all files of a folder, in the order of their names.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<Recording> ReadAll(string folder) =>
        [.. Directory.GetFiles(folder, "*.nettrace").Order(StringComparer.Ordinal).Select(file => Of(Path.GetFileName(file), File.ReadAllBytes(file)))];

    /// <summary>Takes a recording apart.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="bytes">The recording.</param>
    public static Recording Of(string name, byte[] bytes)
    {
        var recording = new Recording(name, bytes);
        var reader = new BlockReader(new MemoryStream(bytes));
        try
        {
            recording.Framing = reader.ReadHeader();
            recording.HeaderLength = reader.Header.Length;
            recording.Blocks = Measure(bytes, recording.HeaderLength, new BlockFramer(recording.Framing.Value));
        }
        catch (Exception exception) when (exception is NettraceException or EndOfStreamException)
        {
            // What is damaged from the beginning is changed as plain bytes.
        }

        return recording;
    }

    /// <summary>The end of the last block that lies before a place, or the end of the header; 0 if the place is in the header.</summary>
    /// <param name="place">The place, in bytes.</param>
    public int LastBoundary(int place)
    {
        if (place < HeaderLength)
            return 0;
        return Blocks.Select(block => block.End).Where(end => end <= place).DefaultIfEmpty(HeaderLength).Max();
    }

    private static List<RecordedBlock> Measure(byte[] bytes, int start, BlockFramer framer)
    {
        var blocks = new List<RecordedBlock>();
        try
        {
            for (var position = start; position < bytes.Length;)
            {
                var size = framer.Measure(bytes.AsSpan(position), position, out var frame);
                if (position + size > bytes.Length || frame.Kind == BlockKind.EndOfStream)
                    break;
                blocks.Add(new RecordedBlock(frame.Kind, position, position + frame.Start, frame.Length, position + size));
                position += size;
            }
        }
        catch (NettraceException)
        {
            // The blocks before the damage are known.
        }

        return blocks;
    }
}
