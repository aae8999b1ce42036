using Memtrace.Profiles;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Commands.Monitor;

namespace Memtrace.Tool.Tests.Monitor;

public sealed class CaveatNoticesTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Each_warning_is_printed_once_however_its_figures_change()
    {
        var notices = new CaveatNotices(_output);
        notices.Say(SampleProfiles.Live);
        notices.Say(Tracking(0.5));
        notices.Say(Tracking(0.25));
        notices.Say(Tracking(0.25) with { Recording = SampleProfiles.Live.Recording with { SurvivalStopped = "it took\u001b too long" } });

        Assert.Equal(
            [
                "Only 50.0% of the samples were tracked, chosen at random; live bytes are scaled up accordingly.",
                $"Survival was recorded only in part: it took\\u001B too long. The live heap is known until {Duration.Format(SampleProfiles.Live.Live!.End.AtSeconds)}.",
            ],
            _output.ToString().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_warning_that_the_live_view_has_a_figure_for_is_left_out()
    {
        new CaveatNotices(_output).Say(SampleProfiles.Shop with { Recording = SampleProfiles.Shop.Recording with { LostEvents = 7, Complete = false } });

        Assert.Empty(_output.ToString());
    }

    private static MemoryProfile Tracking(double thinning) => SampleProfiles.Live with { Live = SampleProfiles.Live.Live! with { TrackingRate = thinning } };
}
