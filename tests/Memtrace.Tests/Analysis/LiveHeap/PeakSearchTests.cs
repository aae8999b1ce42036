using Memtrace.Analysis.LiveHeap;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class PeakSearchTests
{
    private readonly TrackedObjects _objects = new();

    private static TrackedObject Of(double bytes, double born, double provedAt) => new() { Bytes = bytes, Born = born, ProvedAt = provedAt, ObservedAt = born + 1 };

    private static PeakSearch After(int moments, int limit = 1 << 16)
    {
        var search = new PeakSearch(limit);
        for (var i = 1; i <= moments; i++)
            search.Add(i);
        return search;
    }

    [Fact]
    public void An_object_counts_from_its_birth_until_it_was_last_proved_alive()
    {
        var search = After(10);
        search.Remove(Of(100, born: 1.5, provedAt: 4));
        search.Remove(Of(100, born: 3.5, provedAt: 6));

        Assert.Equal(4, search.Highest(_objects));
    }

    [Fact]
    public void Garbage_that_was_found_late_makes_no_peak()
    {
        var search = After(10);
        search.Remove(Of(100, born: 1.5, provedAt: 3));
        search.Remove(Of(80, born: 4.5, provedAt: 5));
        search.Remove(Of(80, born: 5.5, provedAt: 6));
        search.Remove(Of(80, born: 6.5, provedAt: 7));

        Assert.Equal(2, search.Highest(_objects));
    }

    [Fact]
    public void What_no_collection_proved_alive_does_not_count()
    {
        var search = After(3);
        search.Remove(Of(100, born: 1.5, provedAt: 1.5) with { ObservedAt = double.PositiveInfinity });

        Assert.Null(search.Highest(_objects));
    }

    [Fact]
    public void What_no_collection_has_found_dead_counts_until_now()
    {
        var search = After(10);
        search.Remove(Of(100, born: 1.5, provedAt: 3));
        _objects.Add(Of(101, born: 4, provedAt: 5));
        Assert.Null(search.Highest(_objects));

        search.Remove(Of(50, born: 6.5, provedAt: 8));
        Assert.Equal(7, search.Highest(_objects));
    }

    [Fact]
    public void Of_more_moments_than_it_keeps_the_sums_at_those_kept_are_exact()
    {
        var search = new PeakSearch(limit: 8);
        for (var i = 1; i <= 1000; i++)
        {
            search.Add(i);
            search.Remove(Of(i is > 400 and <= 600 ? 10 : 1, born: i - 100, provedAt: i - 1));
        }

        // The objects that die in moments 401 to 600 are all alive, with none of the lighter ones, from 500 on until those born earliest are last proved alive.
        Assert.InRange(search.Highest(_objects)!.Value, 400, 600);
    }
}
