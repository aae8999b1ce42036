using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class LeakSectionTests
{
    /// <summary>How long to record follows from what was missing, rounded up.</summary>
    [Theory]
    [InlineData(LeakGap.UnprovenGrowth, 2, 60.0, "Record for longer: dotnet-memtrace collect -p 4711 --leak 1m")]
    [InlineData(LeakGap.UnprovenGrowth, 2, 80.0, "Record for longer: dotnet-memtrace collect -p 4711 --leak 2m")]
    [InlineData(LeakGap.UnprovenGrowth, 2, 500.0, "Record for longer: dotnet-memtrace collect -p 4711 --leak 10m")]
    [InlineData(LeakGap.UnprovenGrowth, 2, 1e6, "Record for longer: dotnet-memtrace collect -p 4711 --leak 60m")]
    [InlineData(LeakGap.UnprovenGrowth, 2, null, "Find out: dotnet-memtrace collect -p 4711 --leak")]
    [InlineData(LeakGap.OneFullCollection, 2, null, "Record for longer: dotnet-memtrace collect -p 4711 --leak 1m")]
    [InlineData(LeakGap.OneFullCollection, 1, null, "Find out: dotnet-memtrace collect -p 4711 --leak")]
    public void A_recording_without_an_answer_says_how_to_get_one(LeakGap gap, int fullCollections, double? needed, string expected)
    {
        var profile = SampleProfiles.Empty with
        {
            Process = SampleProfiles.Empty.Process with { Id = 4711 },
            Recording = SampleProfiles.Empty.Recording with { EndReason = EndReason.Duration },
            Leak = new LeakVerdict(LeakAnswer.Unknown, gap, fullCollections) { NeededSeconds = needed },
        };
        using var writer = new Utf8StringWriter();

        LeakSection.Write(new ReportPage(ReportConsole.Plain(writer, 1000)), profile);

        Assert.EndsWith(expected, writer.ToString().TrimEnd(), StringComparison.Ordinal);
    }
}
