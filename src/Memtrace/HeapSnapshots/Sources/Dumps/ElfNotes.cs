using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// The needed parts of a 64-bit little-endian ELF file (elf(5), core(5)): its kind, its notes, and whether it is complete.
/// </summary>
internal sealed class ElfNotes
{
    /// <summary>The size of the header of a file.</summary>
    public const int HeaderSize = 64;

    private const int SegmentSize = 56;
    private const int NoteHeaderSize = 12;
    private const uint LoadSegment = 1;
    private const uint NoteSegment = 4;
    private const uint Executable = 1;
    private const ushort CoreKind = 4;
    private const uint BuildIdNote = 3;
    private const uint ProcessNote = 3;

    /// <summary>Notes of a core of many threads take some hundred kilobytes; a larger segment of notes is damage.</summary>
    private const long MostNoteBytes = 64 << 20;

    private readonly List<Note> _notes = [];
    private readonly List<CoreSegment> _segments = [];

    private ElfNotes(ReadOnlySpan<byte> header)
    {
        IsCore = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]) == CoreKind;
        Architecture = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) switch
        {
            62 => System.Runtime.InteropServices.Architecture.X64,
            183 => System.Runtime.InteropServices.Architecture.Arm64,
            _ => null,
        };
    }

    private static ReadOnlySpan<byte> Magic => [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    /// <summary>64 bits, little-endian.</summary>
    private static ReadOnlySpan<byte> Layout => [2, 1];

    /// <summary>Whether it is the memory of a process.</summary>
    public bool IsCore { get; }

    /// <summary>The processor; null if .NET's diagnostics do not support it here.</summary>
    public Architecture? Architecture { get; }

    /// <summary>How many bytes its headers promise.</summary>
    public long PromisedLength { get; private set; }

    /// <summary>
    /// Whether a core lacks the code of mapped files, which the kernel writes only on request (core(5)). Beside that code are the tables by which the runtime is
    /// found and read.
    /// </summary>
    public bool LacksFiles { get; private set; }

    /// <summary>The memory in a core.</summary>
    public IReadOnlyList<CoreSegment> Segments => _segments;

    /// <summary>The build id of a program or a library; null if it has none.</summary>
    public byte[]? BuildId => _notes.FirstOrDefault(note => note is { Owner: "GNU", Kind: BuildIdNote })?.Content;

    /// <summary>The process of a core; null if it does not say.</summary>
    public CoreProcess? Process => _notes.FirstOrDefault(note => note is { Owner: "CORE", Kind: ProcessNote })?.Content is { } content ? CoreProcess.Read(content) : null;

    /// <summary>Whether a file is one, by its first bytes.</summary>
    /// <param name="beginning">The bytes.</param>
    public static bool IsOne(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic) && beginning[Magic.Length..].StartsWith(Layout);

    /// <summary>Whether a file is a core, of whatever layout, by its first bytes.</summary>
    /// <param name="beginning">The bytes.</param>
    public static bool IsCoreFile(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic) && beginning.Length >= 18 && BinaryPrimitives.ReadUInt16LittleEndian(beginning[16..]) == CoreKind;

    /// <summary>Reads a file.</summary>
    /// <param name="stream">The seekable file, at its start.</param>
    /// <returns>Null if it is not an ELF file of that layout, or is shorter than its header.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ElfNotes? Read(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !IsOne(header))
            return null;
        var file = new ElfNotes(header);
        file.ReadSegments(stream, BinaryPrimitives.ReadInt64LittleEndian(header[32..]), BinaryPrimitives.ReadUInt16LittleEndian(header[56..]));
        return file;
    }

    /// <summary>The build id of a file; null if it has none, or cannot be read.</summary>
    /// <param name="path">The file.</param>
    public static byte[]? BuildIdOf(string path)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            return Read(stream)?.BuildId;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void ReadSegments(Stream stream, long offset, int count)
    {
        var table = new byte[count * SegmentSize];
        PromisedLength = Math.Max(HeaderSize, offset) + table.Length;
        if (offset < 0 || !TryRead(stream, offset, table))
            return;
        for (var i = 0; i < count; i++)
        {
            var segment = table.AsSpan(i * SegmentSize, SegmentSize);
            var (begin, size) = (BinaryPrimitives.ReadInt64LittleEndian(segment[8..]), BinaryPrimitives.ReadInt64LittleEndian(segment[32..]));
            if (begin < 0 || size < 0 || begin > long.MaxValue - size)
                continue;
            var kind = BinaryPrimitives.ReadUInt32LittleEndian(segment);
            if (kind is LoadSegment or NoteSegment)
                PromisedLength = Math.Max(PromisedLength, begin + size);
            LacksFiles |= kind == LoadSegment && (BinaryPrimitives.ReadUInt32LittleEndian(segment[4..]) & Executable) != 0 && size < BinaryPrimitives.ReadInt64LittleEndian(segment[40..]);
            if (kind == LoadSegment)
                _segments.Add(new CoreSegment(BinaryPrimitives.ReadUInt64LittleEndian(segment[16..]), size, begin));
            if (kind == NoteSegment && size <= MostNoteBytes)
                ReadNotes(stream, begin, (int)size);
        }
    }

    private void ReadNotes(Stream stream, long offset, int size)
    {
        var notes = new byte[size];
        if (!TryRead(stream, offset, notes))
            return;
        for (var at = 0; at + NoteHeaderSize <= size;)
        {
            var owner = BinaryPrimitives.ReadUInt32LittleEndian(notes.AsSpan(at));
            var content = BinaryPrimitives.ReadUInt32LittleEndian(notes.AsSpan(at + 4));
            var begin = at + NoteHeaderSize + Aligned(owner);
            if (begin + content > size)
                return;
            _notes.Add(new Note(
                Encoding.ASCII.GetString(notes, at + NoteHeaderSize, (int)owner).TrimEnd('\0'),
                BinaryPrimitives.ReadUInt32LittleEndian(notes.AsSpan(at + 8)),
                notes[(int)begin..(int)(begin + content)]));
            at = (int)Math.Min(size, begin + Aligned(content));
        }
    }

    private static long Aligned(uint size) => (size + 3L) & ~3L;

    private static bool TryRead(Stream stream, long offset, byte[] bytes)
    {
        stream.Position = offset;
        return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }

    private sealed record Note(string Owner, uint Kind, byte[] Content);
}

/// <summary>A part of the memory of a process, and where a core has it.</summary>
/// <param name="Address">Its address in the process.</param>
/// <param name="Size">Its size in the file, in bytes; 0 if the file does not have it.</param>
/// <param name="Offset">Where it begins in the file.</param>
internal readonly record struct CoreSegment(ulong Address, long Size, long Offset);

/// <summary>The process that a core is of, as the note NT_PRPSINFO has it (struct elf_prpsinfo of the kernel).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, of up to 15 characters.</param>
/// <param name="CommandLine">The beginning of its command line, of up to 79 characters.</param>
internal sealed record CoreProcess(int Id, string Name, string CommandLine)
{
    private const int IdOffset = 24;
    private const int NameOffset = 40;
    private const int NameSize = 16;
    private const int CommandSize = 80;

    /// <summary>Reads a note.</summary>
    /// <param name="content">Its content.</param>
    /// <returns>Null if it is too short.</returns>
    public static CoreProcess? Read(ReadOnlySpan<byte> content) => content.Length < NameOffset + NameSize + CommandSize
        ? null
        : new CoreProcess(
            BinaryPrimitives.ReadInt32LittleEndian(content[IdOffset..]),
            TextOf(content.Slice(NameOffset, NameSize)),
            TextOf(content.Slice(NameOffset + NameSize, CommandSize)));

    private static string TextOf(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text.IndexOf((byte)0) is >= 0 and var end ? text[..end] : text).Trim();
}
