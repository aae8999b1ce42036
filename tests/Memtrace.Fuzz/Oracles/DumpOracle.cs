using System.Text;
using Memtrace.Exporting.Dump;
using Memtrace.Fuzz.Mutation;
using Memtrace.Reading;
using Memtrace.Tool.Rendering;

namespace Memtrace.Fuzz.Oracles;

/// <summary>
/// A dump is written or the recording is refused by a <see cref="RecordingException"/>. It has no control characters, no line is longer than
/// <see cref="LongestLine"/> unless it is of a declaration, and it allocates no more than <see cref="FixedBytes"/> and <see cref="BytesPerInputByte"/>
/// for each byte of the input.
/// </summary>
internal sealed class DumpOracle : IOracle
{
    /// <summary>Characters of a line of an event.</summary>
    public const int LongestLine = 40_000;

    /// <summary>Buffers that do not depend on the input.</summary>
    public const long FixedBytes = 8 << 20;

    /// <summary>A byte of a block can be an event, with its own line.</summary>
    public const long BytesPerInputByte = 1024;

    public void Check(MutatedRecording input, int seed)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var output = new CheckingWriter();
        try
        {
            new RecordingDump(output, Filter(seed), TerminalText.Clean).Write(new MemoryStream(input.Bytes));
        }
        catch (RecordingException)
        {
            return;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var limit = FixedBytes + (BytesPerInputByte * input.Bytes.Length);
        if (allocated > limit)
            throw new OracleException($"a dump of {input.Bytes.Length} bytes allocated {allocated}, more than {limit}");
    }

    private static DumpFilter Filter(int seed) => (seed % 8) switch
    {
        0 => new DumpFilter { BlocksOnly = true },
        1 => new DumpFilter { Provider = "My-Source" },
        2 => new DumpFilter { Event = "GCStart", From = 0.5 },
        3 => new DumpFilter { Event = "10", To = 1, BlocksOnly = true },
        _ => new DumpFilter(),
    };

    private sealed class CheckingWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value != '\n' && char.IsControl(value))
                throw new OracleException($"control character {(int)value:X4} in a dump");
        }

        public override void Write(string? value)
        {
            if (value!.Length > LongestLine && !value.StartsWith("  #", StringComparison.Ordinal))
                throw new OracleException($"line of {value.Length} characters in a dump");
            foreach (var character in value)
                Write(character);
        }
    }
}
