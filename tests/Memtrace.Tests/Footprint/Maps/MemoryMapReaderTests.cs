using System.Diagnostics;
using Memtrace.Footprint;
using Memtrace.Footprint.Maps;
using Memtrace.Profiles;

namespace Memtrace.Tests.Footprint.Maps;

public sealed class MemoryMapReaderTests
{
    [Fact]
    public void This_process_can_be_read()
    {
        var begin = Stopwatch.GetTimestamp();
        var map = MemoryMapReader.Read(Environment.ProcessId);

        var elapsed = Stopwatch.GetElapsedTime(begin);
        Assert.NotNull(map);
        if (OperatingSystem.IsLinux())
            Assert.InRange(map.ReadTime, TimeSpan.FromTicks(1), elapsed);
        var breakdown = map.Summarize(1.5, BreakdownReason.Peak);
        Assert.Equal((1.5, BreakdownReason.Peak), (breakdown.AtSeconds, breakdown.Reason));
        Assert.Equal(breakdown.RssBytes, breakdown.Categories.Sum(item => item.Bytes));
        Assert.Equal(Enum.GetValues<MemoryCategory>(), breakdown.Categories.Select(item => item.Category));
        using var process = Process.GetCurrentProcess();
        Assert.InRange(breakdown.Threads, process.Threads.Count - 50, process.Threads.Count + 50);
        if (OperatingSystem.IsLinux())
            Assert.All([MemoryCategory.GcHeap, MemoryCategory.JitCode, MemoryCategory.Images, MemoryCategory.ThreadStacks], category => Assert.True(breakdown[category] > 0));
        else
            Assert.NotEmpty(breakdown.Limits);
    }

    /// <summary>Other tests in this process allocate and free meanwhile: it counts when they have not.</summary>
    [Fact]
    public void The_resident_set_is_that_of_the_kernel()
    {
        const long Little = 16 << 20;
        while (true)
        {
            var before = ResidentSet();
            var map = MemoryMapReader.Read(Environment.ProcessId)!.Summarize(0, BreakdownReason.Peak);
            var after = ResidentSet();
            if (Math.Abs(after - before) > Little)
                continue;
            Assert.InRange(map.RssBytes, Math.Min(before, after) - (4 * Little), Math.Max(before, after) + (4 * Little));
            return;
        }
    }

    private static long ResidentSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    [Theory]
    [InlineData(411, 411, 447, true)]
    [InlineData(411, 447, 440, false)]
    [InlineData(447, 411, 430, false)]
    [InlineData(411, 411, 412, false)]
    [InlineData(411, 411, 370, true)]
    public void Mappings_that_contradict_the_resident_set_are_noticed(int before, int after, int sum, bool expected) =>
        Assert.Equal(expected, MemoryMapReader.Contradicts((long)sum << 20, (long)before << 20, (long)after << 20));

    [Fact]
    public void A_resident_set_that_is_unknown_contradicts_nothing() => Assert.False(MemoryMapReader.Contradicts(1, null, 1L << 40));

    [Fact]
    public void A_process_that_has_exited_has_none() => Assert.Null(MemoryMapReader.Read(int.MaxValue));

    [Theory]
    [InlineData(3000, 500, new[] { MemoryCategory.MappedFiles, MemoryCategory.SharedMemory, MemoryCategory.OtherAnonymous })]
    [InlineData(3000, 0, new[] { MemoryCategory.MappedFiles, MemoryCategory.SharedMemory, MemoryCategory.OtherAnonymous })]
    [InlineData(null, null, new[] { MemoryCategory.OtherAnonymous })]
    public void From_the_kernels_totals_only_their_categories_are_known_and_no_file_names(int? file, int? shared, MemoryCategory[] known)
    {
        var map = MemoryMapReader.SumsOf(new ProcessMemory(9000, null) { RssFile = file, RssShared = shared, Swap = 10, Threads = 4 }, "A limit.");

        var breakdown = map.Summarize();
        Assert.Equal(known, breakdown.Categories.Where(item => item.IsKnown).Select(item => item.Category));
        Assert.Equal((9000, 9000, 10), (breakdown.RssBytes, breakdown.Categories.Sum(item => item.Bytes), breakdown.SwapBytes));
        Assert.Empty(breakdown.LargestFiles);
        Assert.True(map.HasSumsOnly);
        Assert.Null(breakdown.WithGenerations(new(1, 2, 3, 4, 5)).GcHeap!.Free);
    }

    [Theory]
    [InlineData("/usr/lib/libjemalloc.so.2", "jemalloc")]
    [InlineData("/usr/lib/libtcmalloc_minimal.so.4", "tcmalloc")]
    [InlineData("/opt/libmimalloc.so", "mimalloc")]
    [InlineData("/lib/ld-musl-x86_64.so.1", "musl")]
    public void Another_allocator_is_named(string library, string name)
    {
        var classified = new MappingClassifier(new SmapsBuilder().At(0x7f0000000000).File(library, 4).Mappings, new FakeTargetMemory()).Classify();

        Assert.Equal([name], new MemoryMap(classified, 1, [], []).Summarize().Allocators);
    }
}
