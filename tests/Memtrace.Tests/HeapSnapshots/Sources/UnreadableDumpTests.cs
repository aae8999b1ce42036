using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.TestSupport;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>Dumps that cannot be read here: each is one sentence that says why.</summary>
public sealed class UnreadableDumpTests : IDisposable
{
    private const ushort X64 = 62, Arm64 = 183, RiscV = 243;

    private const string OnSuchAMachine = "read it on such a machine, since that needs the runtime's own library.";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_another_processor()
    {
        var (machine, name) = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (Arm64, "Arm64") : (X64, "X64");

        Assert.Equal($"The dump is of a process for {name}; {OnSuchAMachine}", MessageOf(Header(machine)));
    }

    [Fact]
    public void Of_an_unknown_processor() => Assert.Equal($"The dump is of a process for another processor; {OnSuchAMachine}", MessageOf(Header(RiscV)));

    [Fact]
    public void Of_32_bits()
    {
        var header = Header(X64);
        header[4] = 1;

        Assert.StartsWith("The dump is not of a 64-bit little-endian process", MessageOf(header), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(63)]
    public void Cut_off_within_its_header(int length) => Assert.StartsWith("The dump is cut off within its header.", MessageOf(Header(X64)[..length]), StringComparison.Ordinal);

    [Fact]
    public void Cut_off_within_its_table_of_segments()
    {
        var header = Header(X64);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), header.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(56), 3);

        Assert.StartsWith("The dump is cut off: it has 64 of 232 bytes.", MessageOf(header), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_files_that_were_mapped()
    {
        const int SegmentSize = 56;
        var core = new byte[64 + SegmentSize];
        Header(X64).CopyTo(core, 0);
        BinaryPrimitives.WriteInt64LittleEndian(core.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(56), 1);
        var code = core.AsSpan(64);
        BinaryPrimitives.WriteUInt32LittleEndian(code, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(code[4..], 5);
        BinaryPrimitives.WriteUInt64LittleEndian(code[16..], 0x40_0000);
        BinaryPrimitives.WriteInt64LittleEndian(code[40..], 4096);

        Assert.Contains("'echo 0x3f > /proc/self/coredump_filter'", MessageOf(core), StringComparison.Ordinal);
    }

    /// <summary>A process has so many mappings if it generates much code; the library that reads dumps stops at 10,000 unless it is told otherwise.</summary>
    [Fact]
    public void Not_because_of_many_segments()
    {
        const int Segments = 60_000;
        var core = new byte[64 + (Segments * 56)];
        Header(X64).CopyTo(core, 0);
        BinaryPrimitives.WriteInt64LittleEndian(core.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(56), Segments);

        Assert.DoesNotContain("exceeds", MessageOf(core), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4D444D5093A70000", "It is a Windows dump: ")]
    [InlineData("CFFAEDFE07000001", "It is a core dump of macOS: ")]
    public void Of_another_system(string beginning, string message) => Assert.StartsWith(message, MessageOf(Convert.FromHexString(beginning)), StringComparison.Ordinal);

    /// <summary>The header of a core without segments (elf(5)).</summary>
    private static byte[] Header(ushort machine)
    {
        const ushort Core = 4;
        var header = new byte[64];
        ReadOnlySpan<byte> magic = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(16), Core);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(18), machine);
        return header;
    }

    private string MessageOf(byte[] dump)
    {
        var file = _folder.File("core");
        File.WriteAllBytes(file, dump);
        return Assert.Throws<HeapSnapshotException>(() => HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken)).Message;
    }
}
