using Memtrace.Tool.Commands;
using Memtrace.Tool.Commands.Monitor;

namespace Memtrace.Tool.Tests.Monitor;

public sealed class ProcessorShareTests
{
    private readonly ManualTime _time = new();
    private readonly ProcessorShare _share;

    public ProcessorShareTests() => _share = new ProcessorShare(TimeSpan.FromSeconds(10), _time);

    [Fact]
    public void The_first_reading_has_no_share() => Assert.Null(_share.Add(TimeSpan.FromSeconds(5)));

    [Fact]
    public void Readings_at_the_same_time_have_no_share()
    {
        _share.Add(TimeSpan.Zero);

        Assert.Null(_share.Add(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_processor_that_was_used_half_of_the_time_is_half_a_processor()
    {
        _share.Add(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(0.5, _share.Add(TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void What_was_used_before_the_window_no_longer_counts()
    {
        _share.Add(TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(8));
        _share.Add(TimeSpan.FromSeconds(8));
        _time.Advance(TimeSpan.FromSeconds(8));

        Assert.Equal(0.25, _share.Add(TimeSpan.FromSeconds(10)));
    }
}
