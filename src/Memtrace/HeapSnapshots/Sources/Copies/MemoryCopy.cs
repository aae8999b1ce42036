using System.Diagnostics;
using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>A copy of the memory of a process at one moment: a core dump that is in memory, and beside it, packed, what takes most.</summary>
internal sealed class MemoryCopy : IDisposable
{
    /// <summary>A process may grow until it is stopped.</summary>
    private const double Growth = 1.05;
    private const long LeastGrowth = 4L << 20;

    private readonly CopyFile _file;

    private MemoryCopy(CopyFile file, CopyDetails details, TimeSpan stop) => (_file, Details, Stop) = (file, details, stop);

    /// <summary>What belongs to it and is not in the file.</summary>
    public CopyDetails Details { get; }

    /// <summary>How long the process was stopped.</summary>
    public TimeSpan Stop { get; }

    /// <summary>The path by which this process can open it.</summary>
    public string Path => _file.Path;

    /// <summary>How large a copy is, estimated while the process runs.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="IOException">It is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">Its memory map may not be read.</exception>
    public static CopySize SizeFor(int processId)
    {
        using var pages = new PresentPages(processId);
        var process = CopiedProcess.Read(processId);
        var parts = PartsOf(pages, process, process.Constant.Concat(process.Variable), new AddressRanges([]), packs: true);
        var plain = new CopyPlan(parts.Plain, CoreFileWriter.HeaderSpace).End;
        var packed = parts.Packed.Sum(range => (long)range.Size);
        return new CopySize(plain + packed, plain + (long)(packed * PagePacker.EstimateShare(processId, parts.Packed)));
    }

    /// <summary>Copies it.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="folder">Where to keep it, as it is; null for memory.</param>
    /// <param name="leftOut">Objects whose contents are not copied.</param>
    /// <exception cref="HeapSnapshotException">It cannot be copied.</exception>
    public static MemoryCopy Take(int processId, string? folder, LargeObjects leftOut)
    {
        var file = CopyFile.Create(folder);
        var packed = new PackedMemory();
        try
        {
            return CopyThread.Run(() => new Copying(processId, file, packed, leftOut) { Packs = folder is null }.Take());
        }
        catch
        {
            file.Dispose();
            packed.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        Details.Packed.Dispose();
    }

    private static CopyParts PartsOf(PresentPages pages, CopiedProcess process, IEnumerable<Mapping> mappings, AddressRanges without, bool packs)
    {
        var parts = new CopyParts();
        foreach (var mapping in mappings)
        {
            if (process.IsOfRuntime(mapping))
                parts.AddOfFile([mapping.Range]);
            else if (mapping.IsFile)
                parts.AddOfFile(pages.Of(mapping.Range));
            else
                parts.Add(without.Outside(pages.Of(mapping.Range)), packs && CopiedProcess.IsPacked(mapping) ? mapping.Range : default);
        }

        return parts;
    }

    /// <summary>One copying.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="file">Where to write what is copied as it is.</param>
    /// <param name="packed">Where to pack the rest.</param>
    /// <param name="leftOut">Objects whose contents are not copied.</param>
    private sealed class Copying(int processId, CopyFile file, PackedMemory packed, LargeObjects leftOut)
    {
        private readonly PageCopier _copier = new(processId, file);
        private readonly PagePacker _packer = new(processId, packed);

        /// <summary>Whether anything is packed.</summary>
        public bool Packs { get; init; }

        public MemoryCopy Take()
        {
            using var pages = new PresentPages(processId);
            var before = CopiedProcess.Read(processId);
            var constant = new CopyPlan(PartsOf(pages, before, before.Constant, new AddressRanges([]), packs: false).Plain, CoreFileWriter.HeaderSpace);
            var expected = PartsOf(pages, before, before.Variable, PagesLeftOut(), Packs);
            var prepared = (long)(new CopyPlan(expected.Plain, constant.End).End * Growth) + LeastGrowth;
            file.Prepare(prepared);
            _copier.Copy(constant.Parts);
            _packer.Pack(expected.Packed);
            var copied = CopyStopped(pages, constant.End, prepared);
            Finish(copied.Process, [.. Remaining(constant, copied.Process), .. copied.Plan.Segments], copied.Threads, copied.Plan.End);
            return new MemoryCopy(file, new CopyDetails(copied.LeftOut, packed), copied.Stop);
        }

        private Copied CopyStopped(PresentPages pages, long offset, long prepared)
        {
            var clock = Stopwatch.StartNew();
            using var stopped = StoppedProcess.Stop(processId);
            var process = CopiedProcess.Read(processId);
            var without = PagesLeftOut();
            var parts = PartsOf(pages, process, process.Variable, without, Packs);
            var plan = new CopyPlan(parts.Plain, offset);
            if (plan.End > prepared)
                file.Resize(plan.End);
            _copier.Copy(plan.Parts);
            _packer.Pack(parts.Packed);
            stopped.Dispose();
            return new Copied(process, plan, without, stopped.Threads, clock.Elapsed);
        }

        private AddressRanges PagesLeftOut() => new(leftOut.PagesInside(processId));

        // Memory that was remapped meanwhile is no longer what was copied.
        private static IEnumerable<CoreSegment> Remaining(CopyPlan plan, CopiedProcess process)
        {
            var mapped = new AddressRanges(process.Constant.Select(mapping => mapping.Range));
            return plan.Segments.Where(segment => mapped.Contains(new AddressRange(segment.Address, segment.Address + (ulong)segment.Size)));
        }

        private void Finish(CopiedProcess process, IReadOnlyList<CoreSegment> segments, IReadOnlyList<StoppedThread> threads, long end)
        {
            var offset = (end + 7) & -8;
            var trailer = new CoreFileWriter(process).Trailer(segments, threads, offset);
            file.Resize(offset + trailer.Length);
            file.Write(trailer, offset);
            file.Write(CoreFileWriter.Header(segments.Count, offset), 0);
            file.Seal();
        }
    }

    /// <summary>What was copied while the process was stopped.</summary>
    private sealed record Copied(CopiedProcess Process, CopyPlan Plan, AddressRanges LeftOut, IReadOnlyList<StoppedThread> Threads, TimeSpan Stop);
}

/// <summary>The size of a copy.</summary>
/// <param name="Bytes">How much is copied.</param>
/// <param name="KeptBytes">How much memory the copy takes about.</param>
internal readonly record struct CopySize(long Bytes, long KeptBytes);
