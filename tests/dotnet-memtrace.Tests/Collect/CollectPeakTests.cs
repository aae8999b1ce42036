using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>A program whose memory comes and goes: the recording knows where it was at the peak, when all that is gone.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectPeakTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const long High = 160 * MiB;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_breakdown_at_the_peak_is_known_afterwards()
    {
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Footprint", "--tide", $"{High / MiB}"));
        using var tool = Tool.Start("collect", "-p", $"{program.Id}", "-o", _folder.Recording);
        await tool.RecordsAsync(_folder.Recording, profile => profile.Breakdown.Length > 0);
        await TurnAsync(program, "high");
        var truth = ProcessStatus.Bytes(program.Id, "VmRSS");
        await tool.RecordsAsync(_folder.Recording, profile => profile.Breakdown.Any(moment => moment.Reason == BreakdownReason.Peak && !MemoryBreakdown.IsBeyond(moment.RssBytes, truth - (4 * MiB))));
        await TurnAsync(program, "low");
        var run = await tool.EndAsync("INT");

        run.HasExitCode(0);
        var profile = RecordingAssert.IsWhole(_folder.Recording, "stopped");
        var (start, peak, end) = (profile.Breakdown[0], profile.Breakdown.MaxBy(moment => moment.RssBytes)!, profile.Breakdown[^1]);
        Assert.Equal((BreakdownReason.Start, BreakdownReason.Peak, BreakdownReason.End), (start.Reason, peak.Reason, end.Reason));
        Assert.All(profile.Breakdown, moment => Assert.Equal(moment.RssBytes, moment.Categories.Sum(item => item.Bytes)));

        // While the tide is high nothing else moves but some small change of the runtime's. A snapshot may have been taken as it rose, and the rest may be too little for another.
        var missed = truth - peak.RssBytes;
        Assert.InRange(missed, -4 * MiB, truth / 20);
        Assert.InRange(peak.RssBytes, peak.RssBytes, profile.Memory.Rss!.PeakBytes + MiB);
        Assert.InRange(peak[MemoryCategory.MallocHeap] + missed - end[MemoryCategory.MallocHeap], High - (4 * MiB), High + (4 * MiB));

        // Start, current, at the peak, change: as people see it.
        string[] cells = [.. new[] { start, end, peak }.Select(moment => ByteSize.Format(moment[MemoryCategory.MallocHeap]))];
        var change = ByteSize.FormatSigned(end[MemoryCategory.MallocHeap] - start[MemoryCategory.MallocHeap]);
        var report = await Tool.RunAsync("report", _folder.Recording);
        Assert.Matches(@"\nBreakdown  at .*, at the peak at .*\n +Start +Current +At peak +Change", report.Output);
        Assert.Matches($@"\n  malloc +{cells[0]} +{cells[1]} +{cells[2]} +{change.Replace("+", @"\+", StringComparison.Ordinal)} ", report.Output);
    }

    private static async Task TurnAsync(TargetProcess program, string tide)
    {
        await program.WriteLineAsync("turn");
        Assert.Equal(tide, await program.ReadLineAsync());
    }
}
