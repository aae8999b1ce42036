using System.Diagnostics;
using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>A copy of the memory of a process at one moment, as a core dump that is in memory.</summary>
internal sealed class MemoryCopy : IDisposable
{
    /// <summary>A process may grow until it is stopped.</summary>
    private const double Growth = 1.05;
    private const long LeastGrowth = 16L << 20;

    private readonly CopyFile _file;

    private MemoryCopy(CopyFile file, AddressRanges leftOut, TimeSpan stop) => (_file, LeftOut, Stop) = (file, leftOut, stop);

    /// <summary>The pages that were not copied although something is in them.</summary>
    public AddressRanges LeftOut { get; }

    /// <summary>How long the process was stopped.</summary>
    public TimeSpan Stop { get; }

    /// <summary>The path by which this process can open it.</summary>
    public string Path => _file.Path;

    /// <summary>How much a copy takes.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="IOException">It is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">Its memory map may not be read.</exception>
    public static long SizeFor(int processId)
    {
        using var pages = new PresentPages(processId);
        var process = CopiedProcess.Read(processId);
        return new CopyPlan(PagesOf(pages, process, process.Variable.Concat(process.Constant)), CoreFileWriter.HeaderSpace).End;
    }

    /// <summary>Copies it.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="folder">Where to keep it; null for memory.</param>
    /// <param name="leftOut">Objects whose contents are not copied.</param>
    /// <exception cref="HeapSnapshotException">It cannot be copied.</exception>
    public static MemoryCopy Take(int processId, string? folder, LargeObjects leftOut)
    {
        var file = CopyFile.Create(folder);
        try
        {
            return CopyThread.Run(() => new Copying(processId, file, leftOut).Take());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static List<IReadOnlyList<AddressRange>> PagesOf(PresentPages pages, CopiedProcess process, IEnumerable<Mapping> mappings) =>
        [.. mappings.Select(mapping => process.IsOfRuntime(mapping) ? [mapping.Range] : pages.Of(mapping.Range))];

    /// <summary>One copying.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="file">Where to write.</param>
    /// <param name="leftOut">Objects whose contents are not copied.</param>
    private sealed class Copying(int processId, CopyFile file, LargeObjects leftOut)
    {
        private readonly PageCopier _copier = new(processId, file);

        public MemoryCopy Take()
        {
            using var pages = new PresentPages(processId);
            var before = CopiedProcess.Read(processId);
            var constant = new CopyPlan(PagesOf(pages, before, before.Constant), CoreFileWriter.HeaderSpace);
            var expected = PlanOf(pages, before, PagesLeftOut(), constant.End);
            var prepared = (long)(expected.End * Growth) + LeastGrowth;
            file.Prepare(prepared);
            _copier.Copy(constant.Parts);
            var copied = CopyStopped(pages, constant.End, prepared);
            Finish(copied.Process, [.. Remaining(constant, copied.Process), .. copied.Plan.Segments], copied.Threads, copied.Plan.End);
            return new MemoryCopy(file, copied.LeftOut, copied.Stop);
        }

        private Copied CopyStopped(PresentPages pages, long offset, long prepared)
        {
            var clock = Stopwatch.StartNew();
            using var stopped = StoppedProcess.Stop(processId);
            var process = CopiedProcess.Read(processId);
            var without = PagesLeftOut();
            var plan = PlanOf(pages, process, without, offset);
            if (plan.End > prepared)
                file.Resize(plan.End);
            _copier.Copy(plan.Parts);
            stopped.Dispose();
            return new Copied(process, plan, without, stopped.Threads, clock.Elapsed);
        }

        private AddressRanges PagesLeftOut() => new(leftOut.PagesInside(processId));

        private static CopyPlan PlanOf(PresentPages pages, CopiedProcess process, AddressRanges without, long offset) =>
            new([.. PagesOf(pages, process, process.Variable).Select(without.Outside)], offset);

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
