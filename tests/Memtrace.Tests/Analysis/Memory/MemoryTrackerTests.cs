using Memtrace.Analysis;
using Memtrace.Analysis.Memory;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.Memory;

public sealed class MemoryTrackerTests
{
    private readonly MemoryTracker _memory = new(new TimeWindow(1, 10));

    [Fact]
    public void Follows_start_current_and_the_first_highest_value()
    {
        foreach (var (at, rss) in new[] { (1.0, 50L), (2, 90), (3, 90), (4, 70) })
            _memory.Add(new ProcessMemorySample(at, new(rss, 100)));
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
        _memory.Add(new ProcessMemorySample(2, new(1, null)));
        Assert.Null(_memory.Summarize().ProcessPeakRssBytes);
    }

    [Fact]
    public void The_growth_of_the_container_is_known_without_its_page_cache()
    {
        var memory = new MemoryTracker(new TimeWindow(0, 100));
        for (var i = 0; i < 100; i++)
            memory.Add(new ContainerMemorySample(i, new(1000 + (10 * i) + (4 * i), 100_000, 0) { File = 7 * i, Shared = 3 * i }));

        Assert.Equal(10, memory.Summarize().Container!.Growth!.BytesPerSecond, 1e-6);
    }

    [Fact]
    public void Readings_under_another_limit_are_of_another_group()
    {
        var memory = new MemoryTracker(new TimeWindow(0, 100));
        for (var i = 0; i < 100; i++)
            memory.Add(new ContainerMemorySample(i, i < 50 ? new(10 * i, 5000, 0) : new(90_000, 100_000, 0)));

        Assert.Null(memory.Summarize().Container!.Growth);
    }

    [Fact]
    public void Counts_only_the_window()
    {
        _memory.Add(new ProcessMemorySample(0.5, new(1000, 1000)));
        _memory.Add(new ProcessMemorySample(5, new(10, 2000)));
        _memory.Add(new ProcessMemorySample(11, new(3000, 3000)));
        Assert.Equal(new Measure(10, 10, 10, 5), _memory.Summarize().Rss);
    }

    [Fact]
    public void Counts_the_kills_since_the_recording_began()
    {
        _memory.Add(new ContainerMemorySample(0, new(5, 100, 7)));
        _memory.Add(new ContainerMemorySample(9, new(6, null, 9)));
        Assert.Equal(new ContainerMemorySummary(null, 6, 2), _memory.Summarize().Container);
    }

    [Fact]
    public void Memory_that_is_free_after_the_process_has_ended_is_not_its_own()
    {
        _memory.Add(new ProcessMemorySample(2, new(90, null)));
        _memory.Add(new ContainerMemorySample(2, new(95, 100, 0) { Peak = 95, Anonymous = 90 }));
        _memory.Add(new MachineMemorySample(2, new(1000, 400, null)));
        _memory.Add(new ContainerMemorySample(3, new(1, 100, 1) { Peak = 100, Anonymous = 0 }));
        _memory.Add(new MachineMemorySample(3, new(1000, 490, null)));

        Assert.Equal(new ContainerMemorySummary(100, 95, 1) { PeakBytes = 100, AnonymousBytes = 90 }, _memory.Summarize().Container);
        Assert.Equal(new MachineMemorySummary(1000, 400), _memory.Summarize().Machine);
    }

    [Fact]
    public void Keeps_the_containers_last_parts_and_its_worst_pressure()
    {
        _memory.Add(new ContainerMemorySample(0.5, new(5, 100, 0) { PressureSome10 = 90 }));
        _memory.Add(new ContainerMemorySample(2, new(5, 100, 0) { Peak = 7, Anonymous = 3, PressureSome10 = 12.5 }));
        _memory.Add(new ContainerMemorySample(3, new(6, 100, 0) { Peak = 8, Anonymous = 4, File = 1, Shared = 1, PressureSome10 = 1 }));
        Assert.Equal(
            new ContainerMemorySummary(100, 6, 0) { PeakBytes = 8, AnonymousBytes = 4, FileBytes = 1, SharedBytes = 1, KernelBytes = null, PressurePercent = 12.5 },
            _memory.Summarize().Container);
    }

    [Fact]
    public void Keeps_the_machines_last_figures()
    {
        _memory.Add(new MachineMemorySample(2, new(100, 50, null)));
        _memory.Add(new MachineMemorySample(3, new(100, 40, null)));
        Assert.Equal(new MachineMemorySummary(100, 40), _memory.Summarize().Machine);
    }
}
