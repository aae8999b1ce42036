using System.Buffers.Binary;
using System.Text;

namespace Memtrace.Processes;

/// <summary>The section names and dynamic symbol names of a 64-bit little-endian ELF file (elf(5)).</summary>
internal sealed class ElfFile
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;

    /// <summary>Larger than any linker produces; a file that claims more is damaged.</summary>
    private const int MaximumTableSize = 64 << 20;

    private readonly byte[] _sectionNames;
    private readonly byte[] _dynamicNames;

    private ElfFile(byte[] sectionNames, byte[] dynamicNames)
    {
        _sectionNames = sectionNames;
        _dynamicNames = dynamicNames;
    }

    /// <returns>Null if it is not such a file, or has no sections.</returns>
    public static ElfFile? Read(Stream file)
    {
        var header = ReadAt(file, 0, HeaderSize);
        if (header is not [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, ..])
            return null;
        var tableOffset = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(0x28));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x3C));
        var namesIndex = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x3E));
        if (ReadAt(file, tableOffset, count * SectionSize) is not { } table || namesIndex >= count)
            return null;
        var names = ReadSection(file, table, namesIndex);
        var dynamic = Enumerable.Range(0, count).FirstOrDefault(index => NameEquals(names, NameOffset(table, index), ".dynstr"), -1);
        return new ElfFile(names, dynamic < 0 ? [] : ReadSection(file, table, dynamic));
    }

    public bool HasSection(string name) => Contains(_sectionNames, name);

    public bool HasDynamicName(string name) => Contains(_dynamicNames, name);

    private static bool Contains(byte[] names, string name) => names.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\0{name}\0")) >= 0;

    private static bool NameEquals(byte[] names, int offset, string name) =>
        offset < names.Length && names.AsSpan(offset).StartsWith(Encoding.ASCII.GetBytes($"{name}\0"));

    private static int NameOffset(byte[] table, int index) => BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(index * SectionSize)) & int.MaxValue;

    private static byte[] ReadSection(Stream file, byte[] table, int index)
    {
        var section = table.AsSpan(index * SectionSize, SectionSize);
        var size = BinaryPrimitives.ReadInt64LittleEndian(section[0x20..]);
        return ReadAt(file, BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]), size) ?? [];
    }

    private static byte[]? ReadAt(Stream file, long offset, long size)
    {
        if (size is <= 0 or > MaximumTableSize || offset < 0 || offset + size > file.Length)
            return null;
        var bytes = new byte[size];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }
}
