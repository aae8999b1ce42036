using System.Buffers.Binary;
using System.Text;

namespace Memtrace.TestSupport.Recordings;

/// <summary>Writes small nettrace streams (version 4) for tests: a header, events without header compression, an end.</summary>
internal sealed class NettraceBuilder
{
    private const long Frequency = 1_000_000_000;
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<(string Provider, int Id, int Version), int> _metadata = [];
    private readonly Dictionary<int, int> _sequence = [];

    public NettraceBuilder(int pointerSize = 8)
    {
        Write("Nettrace"u8);
        Write(Bytes(20));
        Write("!FastSerialization.1"u8);
        BeginObject("Trace", 4);
        Write([.. Times(2024, 1, 1, 1, 12, 30, 0, 0), .. Bytes(0L), .. Bytes(Frequency), .. Bytes(pointerSize), .. Bytes(4242), .. Bytes(3), .. Bytes(0)]);
        Write([6]);
    }

    /// <summary>Where each whole object ends, the header included.</summary>
    public List<long> Boundaries { get; } = [];

    /// <summary>One block with one event of a thread.</summary>
    public NettraceBuilder Event(string provider, int id, double seconds, byte[] payload, int thread = 7, int stack = 0, int? sequence = null, int? metadata = null, int version = 1)
    {
        metadata ??= Metadata(provider, id, version);
        var number = sequence ?? _sequence.GetValueOrDefault(thread) + 1;
        _sequence[thread] = number;
        var time = (long)(seconds * Frequency);
        Block("EventBlock", [.. BlockHeader(time), .. Blob(metadata.Value, number, thread, stack, time, payload)]);
        return this;
    }

    /// <summary>Stacks from id 1 on, each a list of addresses.</summary>
    public NettraceBuilder Stacks(int pointerSize, params ulong[][] stacks)
    {
        var body = new List<byte>([.. Bytes(1), .. Bytes(stacks.Length)]);
        foreach (var stack in stacks)
        {
            body.AddRange(Bytes(stack.Length * pointerSize));
            foreach (var address in stack)
                body.AddRange(pointerSize == 8 ? Bytes((long)address) : Bytes((int)address));
        }

        Block("StackBlock", [.. body]);
        return this;
    }

    public byte[] Build(bool terminated = true)
    {
        if (terminated)
            Write([1]);
        return [.. _bytes];
    }

    public static byte[] Text(string value) => [.. Encoding.Unicode.GetBytes(value), 0, 0];

    public static byte[] Bytes(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Bytes(int value) => Bytes((long)value)[..4];

    public static byte[] Bytes(ushort value) => Bytes((long)value)[..2];

    private static IEnumerable<byte> Times(params ushort[] parts) => parts.SelectMany(Bytes);

    private int Metadata(string provider, int id, int version)
    {
        if (_metadata.TryGetValue((provider, id, version), out var known))
            return known;
        var metadata = _metadata.Count + 1;
        _metadata.Add((provider, id, version), metadata);
        byte[] payload = [.. Bytes(metadata), .. Text(provider), .. Bytes(id), .. Text(string.Empty), .. Bytes(0L), .. Bytes(version), .. Bytes(4), .. Bytes(0)];
        Block("MetadataBlock", [.. BlockHeader(0), .. Blob(0, 0, 0, 0, 0, payload)]);
        return metadata;
    }

    private static byte[] BlockHeader(long time) => [.. Bytes((ushort)20), .. Bytes((ushort)0), .. Bytes(time), .. Bytes(time)];

    private static byte[] Blob(int metadata, int sequence, int thread, int stack, long time, byte[] payload)
    {
        byte[] body =
        [
            .. Bytes(metadata), .. Bytes(sequence), .. Bytes((long)thread), .. Bytes((long)thread), .. Bytes(0), .. Bytes(stack), .. Bytes(time),
            .. new byte[32], .. Bytes(payload.Length), .. payload,
        ];
        return [.. Bytes(body.Length), .. body];
    }

    private void Block(string name, byte[] contents)
    {
        BeginObject(name, 2);
        Write(Bytes(contents.Length));
        Write(new byte[-_bytes.Count & 3]);
        Write(contents);
        Write([6]);
        Boundaries.Add(_bytes.Count);
    }

    private void BeginObject(string name, int version)
    {
        if (Boundaries.Count == 0)
            Boundaries.Add(_bytes.Count);
        Write([5, 5, 1, .. Bytes(version), .. Bytes(version), .. Bytes(name.Length), .. Encoding.UTF8.GetBytes(name), 6]);
    }

    private void Write(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);
}
