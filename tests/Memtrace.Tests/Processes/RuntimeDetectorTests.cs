using System.Buffers.Binary;
using System.Text;
using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class RuntimeDetectorTests
{
    [Theory]
    [InlineData(new[] { ".text" }, new[] { "malloc" }, RuntimeKind.None)]
    [InlineData(new[] { ".text" }, new[] { "malloc", "DotNetRuntimeInfo" }, RuntimeKind.SingleFile)]
    [InlineData(new[] { ".text", "__managedcode" }, new[] { "malloc" }, RuntimeKind.NativeAot)]
    [InlineData(new[] { ".text" }, new[] { "DotNetRuntimeDebugHeader", "malloc" }, RuntimeKind.NativeAot)]
    [InlineData(new[] { ".text" }, new[] { "MyDotNetRuntimeInfoX" }, RuntimeKind.None)]
    public void An_executable_is_known_by_its_names(string[] sections, string[] exports, object kind) =>
        Assert.Equal(kind, RuntimeDetector.Detect(new MemoryStream(Elf(sections, exports))));

    [Fact]
    public void A_script_is_not_dotnet() =>
        Assert.Equal(RuntimeKind.None, RuntimeDetector.Detect(new MemoryStream("#!/bin/sh\necho DotNetRuntimeInfo"u8.ToArray())));

    [Fact]
    public void A_file_cut_off_anywhere_is_not_dotnet_and_no_failure()
    {
        var whole = Elf([".text"], ["DotNetRuntimeInfo"]);

        for (var length = 0; length < whole.Length; length++)
            Assert.Equal(RuntimeKind.None, RuntimeDetector.Detect(new MemoryStream(whole, 0, length)));
    }

    /// <summary>A file of a header, the names of the sections, the names of the exports, and the table of the sections.</summary>
    private static byte[] Elf(string[] sections, string[] exports)
    {
        string[] names = [".shstrtab", ".dynstr", .. sections];
        var sectionNames = Encoding.ASCII.GetBytes("\0" + string.Concat(names.Select(name => name + "\0")));
        var exportNames = Encoding.ASCII.GetBytes("\0" + string.Concat(exports.Select(name => name + "\0")));
        var table = 64 + sectionNames.Length + exportNames.Length;
        var file = new byte[table + 64 * names.Length];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x28), table);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3C), (ushort)names.Length);
        sectionNames.CopyTo(file, 64);
        exportNames.CopyTo(file, 64 + sectionNames.Length);
        var nameOffset = 1;
        for (var i = 0; i < names.Length; i++)
        {
            var (offset, size) = i switch { 0 => (64, sectionNames.Length), 1 => (64 + sectionNames.Length, exportNames.Length), _ => (0, 0) };
            var section = file.AsSpan(table + 64 * i);
            BinaryPrimitives.WriteInt32LittleEndian(section, nameOffset);
            BinaryPrimitives.WriteInt64LittleEndian(section[0x18..], offset);
            BinaryPrimitives.WriteInt64LittleEndian(section[0x20..], size);
            nameOffset += names[i].Length + 1;
        }

        return file;
    }
}
