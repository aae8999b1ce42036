using System.Text;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.Reading;

/// <summary>Writes small .netperf streams (format 3, of .NET Core 2.1) for tests. Each event has its own block.</summary>
internal sealed class NetperfBuilder
{
    private const long Frequency = 1_000_000_000;
    private readonly List<byte> _bytes = [.. Bytes(20), .. "!FastSerialization.1"u8];
    private readonly Dictionary<(string Provider, int Id), int> _metadata = [];

    public NetperfBuilder()
    {
        BeginObject("Trace", 3);
        _bytes.AddRange(new ushort[] { 2018, 2, 4, 1, 17, 21, 38, 0 }.SelectMany(Bytes));
        _bytes.AddRange([.. Bytes(0L), .. Bytes(Frequency), .. Bytes(8), .. Bytes(4242), .. Bytes(4), .. Bytes(0)]);
        _bytes.Add(6);
    }

    public NetperfBuilder Event(string provider, int id, double seconds, byte[] payload, params ulong[] stack)
    {
        if (!_metadata.TryGetValue((provider, id), out var metadata))
        {
            metadata = _metadata.Count + 1;
            _metadata.Add((provider, id), metadata);
            Block(0, 0, [.. Bytes(metadata), .. Text(provider), .. Bytes(id), .. Text(string.Empty), .. Bytes(0L), .. Bytes(2), .. Bytes(4), .. Bytes(0)], []);
        }

        Block(metadata, (long)(seconds * Frequency), payload, stack);
        return this;
    }

    public byte[] Build(bool terminated = true) => terminated ? [.. _bytes, 1] : [.. _bytes];

    private void Block(int metadata, long time, byte[] payload, ulong[] stack)
    {
        byte[] rest =
        [
            .. Bytes(metadata), .. Bytes(7), .. Bytes(time), .. new byte[32], .. Bytes(payload.Length), .. payload,
            .. Bytes(stack.Length * sizeof(ulong)), .. stack.SelectMany(address => Bytes((long)address)),
        ];
        rest = [.. rest, .. new byte[-rest.Length & 3]];
        BeginObject("EventBlock", 2);
        _bytes.AddRange(Bytes(sizeof(int) + rest.Length));
        _bytes.AddRange(new byte[-_bytes.Count & 3]);
        _bytes.AddRange([.. Bytes(rest.Length), .. rest, 6]);
    }

    private void BeginObject(string name, int version) =>
        _bytes.AddRange([4, 4, 1, .. Bytes(version), .. Bytes(0), .. Bytes(name.Length), .. Encoding.UTF8.GetBytes(name), 6]);
}
