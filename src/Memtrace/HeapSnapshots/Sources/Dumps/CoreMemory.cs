using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Memtrace.Footprint.Maps;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// The memory of a process as a core dump, or a copy, has it. The file is mapped, so that reading it copies nothing. Not safe for use by several threads: each has
/// its own (<see cref="ForThread"/>).
/// </summary>
internal sealed unsafe class CoreMemory : IDisposable
{
    private const ulong WordMask = sizeof(ulong) - 1;
    private const int MostBytes = 1 << 30;

    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _begin;
    private readonly Run[] _runs;
    private readonly CopyDetails? _copy;
    private readonly UnpackedBlocks? _unpacked;
    private Run _last;

    /// <summary>Maps a core dump.</summary>
    /// <param name="path">The file.</param>
    /// <param name="segments">What its headers say of its memory.</param>
    /// <param name="copy">What belongs to a copy. Null for a dump: what it lacks is unknown.</param>
    /// <exception cref="IOException">It cannot be mapped.</exception>
    public CoreMemory(string path, IEnumerable<CoreSegment> segments, CopyDetails? copy = null)
    {
        _copy = copy;
        _unpacked = Unpacked(copy);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = stream.Length;
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _begin);
        _runs = [.. Joined(segments.Where(segment => segment.Size > 0 && segment.Offset <= length - segment.Size).OrderBy(segment => segment.Address))];
    }

    private CoreMemory(CoreMemory shared)
    {
        _begin = shared._begin;
        _runs = shared._runs;
        _copy = shared._copy;
        _unpacked = Unpacked(_copy);
    }

    /// <summary>The same memory for another thread, as long as this is not disposed.</summary>
    public CoreMemory ForThread() => new(this);

    /// <summary>The words from an address on, as far as they are contiguous here. They are valid until the next call.</summary>
    /// <param name="address">The address, a multiple of a word's size.</param>
    /// <returns>Empty if they are not here.</returns>
    public ReadOnlySpan<ulong> WordsFrom(ulong address)
    {
        if ((address & WordMask) != 0)
            return default;
        if (address - _last.Address >= (ulong)_last.Size)
        {
            if (_unpacked is not null && _unpacked.WordsFrom(address) is { IsEmpty: false } words)
                return words;
            if (IndexOf(address) is not { } index)
                return default;
            _last = _runs[index];
        }

        var skipped = address - _last.Address;
        return new(_begin + _last.Offset + skipped, (int)Math.Min(int.MaxValue, ((ulong)_last.Size - skipped) / sizeof(ulong)));
    }

    /// <summary>The bytes from an address on, as far as they are contiguous in the dump.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Empty if the dump does not have them.</returns>
    public ReadOnlySpan<byte> BytesFrom(ulong address) => WordsFrom(address & ~WordMask) is { IsEmpty: false } words
        ? MemoryMarshal.AsBytes(words[..Math.Min(words.Length, MostBytes / sizeof(ulong))])[(int)(address & WordMask)..]
        : default;

    /// <summary>Whether some of an address range was left out of a copy. Those of its pages that lie between copied ones read as zeros.</summary>
    /// <param name="range">The range.</param>
    public bool LeavesOut(AddressRange range) => _copy?.LeftOut.Overlaps(range) == true;

    /// <summary>Copies bytes, up to the first that is unknown: what a copy lacks is known to be zeros.</summary>
    /// <param name="address">The first one's address.</param>
    /// <param name="bytes">Where to.</param>
    /// <returns>How many were copied.</returns>
    public int Read(ulong address, Span<byte> bytes) => Read(address, bytes, fillsGaps: _copy is not null);

    /// <summary>Copies bytes, up to the first that is not here.</summary>
    /// <param name="address">The first one's address.</param>
    /// <param name="bytes">Where to.</param>
    /// <returns>How many were copied.</returns>
    public int ReadPresent(ulong address, Span<byte> bytes) => Read(address, bytes, fillsGaps: false);

    /// <summary>A word; 0 if the dump does not have it, as of a page that was never written.</summary>
    /// <param name="address">Its address, a multiple of a word's size.</param>
    public ulong Word(ulong address) => WordsFrom(address) is [var word, ..] ? word : 0;

    /// <summary>Copies words, with zeros for those that the dump does not have.</summary>
    /// <param name="address">The first one's address, a multiple of a word's size.</param>
    /// <param name="words">Where to.</param>
    public void Copy(ulong address, Span<ulong> words)
    {
        var rest = MemoryMarshal.AsBytes(words);
        while (!rest.IsEmpty)
        {
            var count = ReadPiece(address, rest, fillsGaps: true);
            rest = rest[count..];
            address += (ulong)count;
        }
    }

    /// <summary>Where the next memory after an address begins that the dump has; null if there is none.</summary>
    /// <param name="address">An address that it does not have.</param>
    public ulong? NextAfter(ulong address)
    {
        var (low, high) = (0, _runs.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _runs[middle].Address <= address ? (middle + 1, high) : (low, middle);
        }

        var (run, block) = (low < _runs.Length ? _runs[low].Address : ulong.MaxValue, _copy?.Packed.NextAfter(address) ?? ulong.MaxValue);
        return Math.Min(run, block) is < ulong.MaxValue and var next ? next : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }

    private static UnpackedBlocks? Unpacked(CopyDetails? copy) => copy is null ? null : new UnpackedBlocks(copy.Packed);

    private int Read(ulong address, Span<byte> bytes, bool fillsGaps)
    {
        var done = 0;
        while (done < bytes.Length && ReadPiece(address + (ulong)done, bytes[done..], fillsGaps) is > 0 and var count)
            done += count;
        return done;
    }

    /// <summary>Copies what is contiguous in the dump, or fills what it lacks with zeros.</summary>
    /// <returns>How many bytes; 0 if they are not there.</returns>
    private int ReadPiece(ulong address, Span<byte> bytes, bool fillsGaps)
    {
        var found = BytesFrom(address);
        if (!found.IsEmpty)
        {
            found = found[..Math.Min(found.Length, bytes.Length)];
            found.CopyTo(bytes);
            return found.Length;
        }

        var count = fillsGaps ? (int)Math.Min(bytes.Length, MissingFrom(address)) : 0;
        bytes[..count].Clear();
        return count;
    }

    /// <summary>How many bytes the dump lacks from an address on, which it does not have.</summary>
    private long MissingFrom(ulong address) => (long)Math.Min(long.MaxValue, (NextAfter(address) ?? ulong.MaxValue) - address);

    private int? IndexOf(ulong address)
    {
        var (low, high) = (0, _runs.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (address < _runs[middle].Address)
                high = middle - 1;
            else if (address - _runs[middle].Address >= (ulong)_runs[middle].Size)
                low = middle + 1;
            else
                return middle;
        }

        return null;
    }

    /// <summary>Joins segments that follow each other both in memory and in the file, so that fewer objects lie across two of them.</summary>
    private static List<Run> Joined(IEnumerable<CoreSegment> segments)
    {
        var runs = new List<Run>();
        foreach (var segment in segments)
        {
            var joins = runs.Count > 0 && runs[^1] is var last && last.Address + (ulong)last.Size == segment.Address && last.Offset + last.Size == segment.Offset;
            if (joins)
                CollectionsMarshal.AsSpan(runs)[^1] = runs[^1] with { Size = runs[^1].Size + segment.Size };
            else if (runs.Count == 0 || runs[^1].Address + (ulong)runs[^1].Size <= segment.Address)
                runs.Add(new Run(segment.Address, segment.Size, segment.Offset));
        }

        return runs;
    }

    private readonly record struct Run(ulong Address, long Size, long Offset);
}
