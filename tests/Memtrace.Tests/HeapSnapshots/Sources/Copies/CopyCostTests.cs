using Memtrace.HeapSnapshots.Sources.Copies;

namespace Memtrace.Tests.HeapSnapshots.Sources.Copies;

public sealed class CopyCostTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void A_copy_that_does_not_fit_is_refused_with_figures()
    {
        var shortage = new CopyCost(2 * GiB, 3 * GiB).Shortage(folder: null);

        Assert.Equal(
            "A copy of the process takes 2.0 GiB, and what is found in it up to 2.1 GiB, but 3.0 GiB are left here. "
                + "Keep the copy on a disk (--spill DIR), take a snapshot without --copy, or take the risk with --force.",
            shortage);
    }

    [Fact]
    public void On_a_disk_it_takes_no_memory() => Assert.Null(new CopyCost(2 * GiB, 3 * GiB).Shortage("/tmp"));

    [Theory]
    [InlineData(5 * GiB)]
    [InlineData(null)]
    public void Enough_or_unknown_memory_is_no_shortage(long? available) => Assert.Null(new CopyCost(2 * GiB, available).Shortage(folder: null));

    [Fact]
    public void The_pause_grows_with_the_memory() =>
        Assert.Equal("while 2.0 GiB of its memory are copied: for 225 ms to 1.3 s", new CopyCost(2 * GiB, null).Describe());
}
