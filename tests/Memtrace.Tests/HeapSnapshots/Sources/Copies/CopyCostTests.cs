using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tests.HeapSnapshots.Sources.Copies;

public sealed class CopyCostTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void A_copy_that_does_not_fit_is_refused_with_figures()
    {
        var shortage = new CopyCost(2 * GiB, 2 * GiB, 3 * GiB).Shortage(new CopyOptions());

        Assert.Equal(
            "The copy takes 2.0 GiB, and the graph of the objects in it up to 2.1 GiB, but 3.0 GiB are left here.",
            shortage);
    }

    [Fact]
    public void Memory_is_needed_for_what_is_kept_only() => Assert.Null(new CopyCost(2 * GiB, GiB / 2, 3 * GiB).Shortage(new CopyOptions()));

    [Fact]
    public void On_a_disk_it_takes_no_memory() => Assert.Null(new CopyCost(2 * GiB, 2 * GiB, 3 * GiB).Shortage(new CopyOptions { Folder = "/tmp" }));

    [Fact]
    public void A_histogram_takes_no_memory_for_objects() =>
        Assert.Null(new CopyCost(2 * GiB, 2 * GiB, 3 * GiB).Shortage(new CopyOptions { Reading = new DumpOptions { Content = HeapContent.Histogram } }));

    [Theory]
    [InlineData(5 * GiB)]
    [InlineData(null)]
    public void Enough_or_unknown_memory_is_no_shortage(long? available) => Assert.Null(new CopyCost(2 * GiB, 2 * GiB, available).Shortage(new CopyOptions()));

    [Fact]
    public void The_pause_grows_with_the_memory() =>
        Assert.Equal("while 2.0 GiB of its memory is copied: for 268 ms to 1.3 s", new CopyCost(2 * GiB, 2 * GiB, null).Describe());
}
