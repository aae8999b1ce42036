using System.Diagnostics.Tracing;
using Memtrace.Analysis;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Reading;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>A second judge: a dump of the heap, taken by the runtime while the recording continues, knows the address of each live object.</summary>
[Collection(nameof(LiveTruthRun))]
[Slow]
public sealed class HeapDumpTests(ITestOutputHelper output)
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";

    /// <summary>GC, GCHeapDump, GCHeapCollect, GCHeapAndTypeNames, Type: what dotnet-gcdump asks for.</summary>
    private const long HeapSnapshot = 0x1980001;

    [Theory]
    [InlineData("non-concurrent", false)]
    [InlineData("workstation", true)]
    [InlineData("server", true)]
    [InlineData("segments", true)]
    public async Task What_is_tracked_as_live_is_in_the_dump(string collector, bool background)
    {
        HashSet<ulong> dump = [];
        using var run = await LiveTruthRun.RecordAsync(
            ["dotnet", TargetPrograms.Path("LiveTruth")], async process => dump = await DumpAsync(process), Collectors.Environment(collector));

        var live = Tracked(run.File).Where(item => item.Observed).ToList();
        var missing = live.Where(item => !dump.Contains(item.Address)).ToList();
        var (bytes, all) = (missing.Sum(item => item.Bytes), live.Sum(item => item.Bytes));
        output.WriteLine($"{collector}: {dump.Count} objects in the dump, {live.Count} tracked, {missing.Count} not in it, {bytes / 1e6:F2} of {all / 1e6:F1} MB");
        Assert.True(live.Count > 500, $"only {live.Count} objects");
        Assert.True(dump.Count > 100_000, $"only {dump.Count} objects in the dump");
        if (!background)
            Assert.Empty(missing);
        Assert.InRange(bytes, 0, 0.01 * all);
    }

    private static TrackedObject[] Tracked(string file)
    {
        var builder = new ProfileBuilder(new AnalysisOptions());
        new RecordingReader(builder).Read(File.OpenRead(file));
        return [.. builder.Live.Heap.Objects.Settled, .. builder.Live.Heap.Objects.Loose];
    }

    private static async Task<HashSet<ulong>> DumpAsync(int process)
    {
        var client = new DiagnosticsClient(process);
        using var session = await client.StartEventPipeSessionAsync(
            [new EventPipeProvider(Runtime, EventLevel.Verbose, HeapSnapshot)], requestRundown: false, 1024, TestContext.Current.CancellationToken);
        return await Task.Run(() =>
        {
            HashSet<ulong> addresses = [];
            var collection = -1;
            using var source = new EventPipeEventSource(session.EventStream);
            source.Clr.GCStart += data => collection = collection < 0 ? data.Count : collection;
            source.Clr.GCBulkNode += data =>
            {
                for (var i = 0; i < data.Count; i++)
                    addresses.Add(data.Values(i).Address);
            };

            // The walk is over with the collection; the session ends at once, from outside of its own stream.
            source.Clr.GCStop += data =>
            {
                if (data.Count == collection)
                    _ = Task.Run(session.Stop);
            };
            source.Process();
            return addresses;
        });
    }
}
