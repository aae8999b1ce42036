using Memtrace.Fuzz.Mutation;
using Memtrace.Nettrace;

namespace Memtrace.Fuzz.Oracles;

/// <summary>
/// Every event of the whole blocks before the damage is given out, whatever follows them. Reading allocates no more than
/// <see cref="FixedBytes"/> and <see cref="BytesPerInputByte"/> for each byte of the input.
/// </summary>
internal sealed class KeptEventsOracle : IOracle
{
    /// <summary>Buffers that do not depend on the input.</summary>
    public const long FixedBytes = 4 << 20;

    /// <summary>Declarations, stacks and waiting events take more room than their encoding.</summary>
    public const long BytesPerInputByte = 256;

    private readonly Dictionary<(Recording Recording, int Boundary), Dictionary<int, int>> _expected = [];

    public void Check(MutatedRecording input, int seed)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var seen = Read(input.Bytes, out var isRefused);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var limit = FixedBytes + (BytesPerInputByte * input.Bytes.Length);
        if (allocated > limit)
            throw new OracleException($"reading {input.Bytes.Length} bytes allocated {allocated}, more than {limit}");
        var boundary = input.Origin.LastBoundary(input.Origin.Bytes.AsSpan().CommonPrefixLength(input.Bytes));
        if (input.Origin.Blocks.Count == 0 || boundary < input.Origin.Blocks[0].End)
            return;
        foreach (var (hash, count) in Expected(input.Origin, boundary))
        {
            if (seen.GetValueOrDefault(hash) < count)
                throw new OracleException($"an event before byte {boundary} is not given out{(isRefused ? ", the recording is refused" : "")}");
        }
    }

    private Dictionary<int, int> Expected(Recording recording, int boundary)
    {
        if (!_expected.TryGetValue((recording, boundary), out var expected))
            _expected[(recording, boundary)] = expected = Read(recording.Bytes[..boundary], out _);
        return expected;
    }

    /// <summary>How often there is each event, by a hash of it.</summary>
    private static Dictionary<int, int> Read(byte[] bytes, out bool isRefused)
    {
        var visitor = new Visitor();
        isRefused = false;
        try
        {
            new NettraceReader(new BlockReader(new MemoryStream(bytes)), visitor).Read(CancellationToken.None);
        }
        catch (Exception exception) when (exception is NettraceException or EndOfStreamException)
        {
            isRefused = true;
        }

        return visitor.Events;
    }

    private sealed class Visitor : INettraceVisitor
    {
        public Dictionary<int, int> Events { get; } = [];

        public void Begin(TraceObject trace)
        {
        }

        public object? Subscribe(EventType type) => type;

        public void Visit(in NettraceEvent data)
        {
            var hash = new HashCode();
            hash.Add(data.Type.Kind);
            hash.Add(data.Timestamp);
            hash.AddBytes(data.Payload);
            var key = hash.ToHashCode();
            Events[key] = Events.GetValueOrDefault(key) + 1;
        }

        public void Missing(ulong thread)
        {
        }
    }
}
