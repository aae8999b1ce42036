using Memtrace.Analysis;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Tests.Analysis;

public sealed class MemoryTrackerTests
{
    private readonly MemoryTracker _memory = new(new TimeWindow(1, 10));

    [Fact]
    public void Follows_start_current_and_the_first_highest_value()
    {
        foreach (var (at, rss) in new[] { (1.0, 50L), (2, 90), (3, 90), (4, 70) })
            _memory.Add(new ProcessMemorySample(at, rss, 100));
        Assert.Equal(new Measure(50, 70, 90, 2), _memory.Summarize().Rss);
        Assert.Equal(100, _memory.Summarize().ProcessPeakRssBytes);
    }

    [Fact]
    public void Has_no_figures_where_there_were_no_samples()
    {
        Assert.Equal(new MemorySummary(null, null, null, null, null, null), _memory.Summarize());
    }

    [Fact]
    public void Passes_over_unknown_figures()
    {
        _memory.Add(new ProcessMemorySample(2, -1, -1));
        Assert.Null(_memory.Summarize().Rss);
        Assert.Null(_memory.Summarize().ProcessPeakRssBytes);
    }

    [Fact]
    public void Counts_only_the_window()
    {
        _memory.Add(new ProcessMemorySample(0.5, 1000, 1000));
        _memory.Add(new ProcessMemorySample(5, 10, 2000));
        _memory.Add(new ProcessMemorySample(11, 3000, 3000));
        Assert.Equal(new Measure(10, 10, 10, 5), _memory.Summarize().Rss);
    }

    [Fact]
    public void Counts_the_kills_since_the_recording_began()
    {
        _memory.Add(new ContainerMemorySample(0, 5, 100, 7));
        _memory.Add(new ContainerMemorySample(9, 6, -1, 9));
        Assert.Equal(new ContainerMemorySummary(null, 6, 2), _memory.Summarize().Container);
    }

    [Fact]
    public void Keeps_the_machines_last_figures()
    {
        _memory.Add(new MachineMemorySample(2, 100, 50));
        _memory.Add(new MachineMemorySample(3, 100, 40));
        Assert.Equal(new MachineMemorySummary(100, 40), _memory.Summarize().Machine);
    }
}
