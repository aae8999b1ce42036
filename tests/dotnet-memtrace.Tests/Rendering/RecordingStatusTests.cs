using Memtrace.Recording;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class RecordingStatusTests
{
    private const long MiB = 1 << 20;

    private static readonly RecordingProgress Progress = new(TimeSpan.FromSeconds(62), 174 * MiB, 175 * MiB, 121 * MiB, 500 * MiB, 0, 13 * MiB, false);

    [Theory]
    [InlineData(200, "01:02  RSS 174.0 MiB (peak 175.0 MiB)  GC heap 121.0 MiB  allocating 0 B/s  lost 0  file 13.0 MiB  q stops")]
    [InlineData(80, "01:02 RSS 174.0 MiB/175.0 MiB heap 121.0 MiB 0 B/s lost 0 file 13.0 MiB q stops")]
    [InlineData(76, "01:02 RSS 174.0 MiB/175.0 MiB heap 121.0 MiB 0 B/s file 13.0 MiB q stops")]
    [InlineData(60, "01:02 RSS 174.0 MiB/175.0 MiB heap 121.0 MiB 0 B/s q stops")]
    [InlineData(40, "01:02 RSS 174.0 MiB/175.0 MiB q stops")]
    [InlineData(20, "01:02 q stops")]
    [InlineData(3, "01:")]
    [InlineData(-4, "0")]
    public void The_least_important_facts_are_left_out_when_there_is_no_room(int width, string line) =>
        Assert.Equal(line, new RecordingStatus().Format(Progress, width));

    [Fact]
    public void Lost_events_matter() =>
        Assert.Equal("01:02 RSS 174.0 MiB/175.0 MiB lost 7 q stops", new RecordingStatus().Format(Progress with { LostEvents = 7 }, 50));

    [Fact]
    public void The_rate_is_that_of_the_last_two_seconds()
    {
        var status = new RecordingStatus();
        for (var second = 0; second < 10; second++)
            status.Format(Progress with { Elapsed = TimeSpan.FromSeconds(second), Allocated = second * second * MiB }, 200);

        Assert.Contains("allocating 16.0 MiB/s", status.Format(Progress with { Elapsed = TimeSpan.FromSeconds(9), Allocated = 81 * MiB }, 200), StringComparison.Ordinal);
    }
}
