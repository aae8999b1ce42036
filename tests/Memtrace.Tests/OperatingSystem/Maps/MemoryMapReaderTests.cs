using System.Diagnostics;
using Memtrace.OperatingSystem.Maps;
using Memtrace.Profiles;

namespace Memtrace.Tests.OperatingSystem.Maps;

public sealed class MemoryMapReaderTests
{
    [Fact]
    public void This_process_is_told()
    {
        var begin = Stopwatch.GetTimestamp();
        var map = MemoryMapReader.Read(Environment.ProcessId);

        var elapsed = Stopwatch.GetElapsedTime(begin);
        Assert.NotNull(map);
        if (System.OperatingSystem.IsLinux())
            Assert.InRange(map.ReadTime, TimeSpan.FromTicks(1), elapsed);
        var breakdown = map.Summarize(1.5, BreakdownReason.Peak);
        Assert.Equal((1.5, BreakdownReason.Peak), (breakdown.AtSeconds, breakdown.Reason));
        Assert.Equal(breakdown.RssBytes, breakdown.Categories.Sum(item => item.Bytes));
        Assert.Equal(Enum.GetValues<MemoryCategory>(), breakdown.Categories.Select(item => item.Category));
        Assert.True(breakdown.Threads > 1);
        if (System.OperatingSystem.IsLinux())
            Assert.All([MemoryCategory.GcHeap, MemoryCategory.JitCode, MemoryCategory.Images, MemoryCategory.ThreadStacks], category => Assert.True(breakdown[category] > 0));
        else
            Assert.NotEmpty(breakdown.Limits);
    }

    [Fact]
    public void A_process_that_is_gone_has_none() => Assert.Null(MemoryMapReader.Read(int.MaxValue));

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
