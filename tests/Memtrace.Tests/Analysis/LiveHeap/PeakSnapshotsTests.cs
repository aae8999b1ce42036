using Memtrace.Analysis.LiveHeap;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class PeakSnapshotsTests
{
    private readonly PeakSnapshots _peaks = new();
    private readonly TrackedObjects _objects = new();
    private readonly SiteLedger _ledger = new();

    private void Change(double seconds, double before, double after) => _peaks.BeforeChange(seconds, before, after, _objects, _ledger);

    [Fact]
    public void A_heap_that_only_grows_is_never_copied()
    {
        for (var i = 0; i < 100; i++)
            Change(i, i, i + 1);
        Assert.Null(_peaks.Peak);
    }

    [Fact]
    public void A_heap_is_copied_when_it_falls_from_higher_than_before()
    {
        Change(1, 100, 50);
        Change(2, 90, 10);
        Assert.Equal((1, 100), (_peaks.Peak!.AtSeconds, _peaks.PeakBytes));
        Change(3, 110, 10);
        Assert.Equal((3, 110), (_peaks.Peak.AtSeconds, _peaks.PeakBytes));
    }

    [Fact]
    public void A_peak_that_is_hardly_higher_is_not_copied_again()
    {
        Change(1, 1000, 500);
        Change(2, 1000.5, 500);
        Assert.Equal(1, _peaks.Peak!.AtSeconds);
    }

    [Fact]
    public void The_highest_resident_set_is_copied_once_when_something_is_about_to_change()
    {
        _peaks.Resident(1, 100);
        _peaks.Resident(2, 200);
        Assert.Null(_peaks.PeakRss);
        Assert.Equal(2, _peaks.UncopiedRssPeak);
        Change(3, 1, 2);
        Assert.Equal(2, _peaks.PeakRss!.AtSeconds);
        Assert.Null(_peaks.UncopiedRssPeak);
        _peaks.Resident(4, 150);
        Change(5, 1, 2);
        Assert.Equal(2, _peaks.PeakRss.AtSeconds);
    }

    [Fact]
    public void A_resident_set_that_is_hardly_higher_is_not_copied_again()
    {
        _peaks.Resident(1, 1_000_000);
        Change(2, 1, 2);
        _peaks.Resident(3, 1_000_500);
        Assert.Null(_peaks.UncopiedRssPeak);
        _peaks.Resident(4, 1_100_000);
        Assert.Equal(4, _peaks.UncopiedRssPeak);
    }
}
