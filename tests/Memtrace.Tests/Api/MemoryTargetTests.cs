using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.TestSupport.Exports;

namespace Memtrace.Tests.Api;

[Collection(nameof(OwnProcessTestGroup))]
public sealed class MemoryTargetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static List<Held>? _held;

    [Fact]
    public async Task A_launched_process_is_recorded_until_its_end()
    {
        var result = await MemoryRecorder.RecordAsync(Idle("exit", "7"), new RecordingOptions(_folder.Recording), TestContext.Current.CancellationToken);

        Assert.Equal(new RecordingEnd(EndReason.TargetExited, 7), result.End);
        Assert.Equal("Idle", MemoryRecording.Open(_folder.Recording).Analyze(cancellation: TestContext.Current.CancellationToken).Process.Name);
    }

    [Fact]
    public async Task A_recording_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var recording = MemoryRecorder.RecordAsync(Idle("sleep", "600"), new RecordingOptions(_folder.Recording), stop.Token);
        while (!File.Exists(_folder.Recording) || new FileInfo(_folder.Recording).Length < 4096)
            await Task.Delay(20, TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        Assert.Equal(EndReason.Stopped, (await recording).End.Reason);
    }

    [Fact]
    public async Task A_process_is_watched_until_its_end()
    {
        var options = new RecordingOptions("");
        var profiles = new List<MemoryProfile>();
        await foreach (var profile in MemoryMonitor.WatchAsync(Idle("sleep", "600"), TimeSpan.FromMilliseconds(200), options, TestContext.Current.CancellationToken))
        {
            profiles.Add(profile);
            if (profiles.Count == 2)
                Signals.Send(profile.Process.Id, "TERM");
        }

        Assert.True(profiles.Count > 2);
        Assert.Equal(EndReason.TargetKilled, profiles[^1].Recording.EndReason);
        Assert.InRange(profiles[^1].Memory.Rss!.PeakBytes, 10 << 20, profiles[^1].Memory.ProcessPeakRssBytes!.Value);
    }

    [Fact]
    public async Task A_watch_can_be_left_early()
    {
        await foreach (var profile in MemoryMonitor.WatchAsync(Idle("sleep", "60"), TimeSpan.FromMilliseconds(200), cancellation: TestContext.Current.CancellationToken))
        {
            Assert.Equal("Idle", profile.Process.Name);
            break;
        }
    }

    [Fact]
    public async Task A_snapshot_of_this_process_has_its_objects_and_their_holder()
    {
        _held = Build(1000);
        using var snapshot = await MemorySnapshot.TakeAsync(MemoryTarget.Self, TestContext.Current.CancellationToken);
        var type = Assert.Single(snapshot.Analyze().Types, type => type.Type == MemorySnapshot.NameOf(typeof(Held)));
        var path = snapshot.FindPaths(type.Type)[0].Path[0];

        Assert.Equal(1000, type.Objects);
        Assert.Equal("static Memtrace.Tests.Api.MemoryTargetTests._held", path.Name);

        snapshot.Save(_folder.File("own.memsnap"));
        using var read = MemorySnapshot.Open(_folder.File("own.memsnap"));
        var before = read.Analyze();
        Assert.Equal(1000, before.Types.Single(item => item.Type == type.Type).Objects);

        _held = Build(1500);
        using var later = await MemorySnapshot.TakeAsync(MemoryTarget.Self, TestContext.Current.CancellationToken);
        var change = Assert.Single(MemorySnapshot.Compare(before, later.Analyze()).Types, item => item.Path[0] == type.Type);
        Assert.Equal(500, change.ObjectsDifference);
        _held = null;
    }

    [Theory]
    [InlineData(typeof(string), "System.String")]
    [InlineData(typeof(List<int[]>), "System.Collections.Generic.List<System.Int32[]>")]
    [InlineData(typeof(Held), "Memtrace.Tests.Api.MemoryTargetTests.Held")]
    [InlineData(typeof(Dictionary<string, int>.KeyCollection), "System.Collections.Generic.Dictionary<System.String, System.Int32>.KeyCollection")]
    public void Types_are_named_as_in_snapshots(Type type, string name) => Assert.Equal(name, MemorySnapshot.NameOf(type));

    [Fact]
    public void Profiles_are_compared_and_exported()
    {
        var before = MemoryMeasurement.Run(() => Build(100_000)).Memory.Profile!;

        // Amounts are compared by time: so much more is more however long it takes.
        var after = MemoryMeasurement.Run(() => Build(3_000_000)).Memory.Profile!;

        var total = MemoryRecording.Compare(before, after).By(ComparisonMetric.Allocated)!.Total;
        Assert.Equal(PerSecond(before), total.Before, precision: 3);
        Assert.Equal(PerSecond(after), total.After, precision: 3);
        Assert.True(total.Significant);

        var expected = ExportedReport.Of(after).Allocated.Bytes;
        using var json = JsonDocument.Parse(Export(after, ExportFormat.Json));
        Assert.Equal(expected, new ExportedReport(json.RootElement).Allocated.Bytes);
        Assert.Equal(after.Allocations.Sites.Length, PageData.Of(Export(after, ExportFormat.Html)).Table("sites.allocated").GetProperty("rows").GetInt32());
        Assert.Equal(after.Allocations.Sites.Length, CsvReader.Read(Export(after, ExportFormat.Csv)).Count);
        var stacks = Export(after, ExportFormat.CollapsedStacks).TrimEnd().Split('\n');
        AssertAbout(expected, stacks.Sum(line => long.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture)));
        using var pprof = File.OpenRead(ExportedFile(after, ExportFormat.Pprof));
        AssertAbout(expected, new PprofReader(pprof).Total("alloc_space"));
        using var speedscope = JsonDocument.Parse(Export(after, ExportFormat.Speedscope));
        AssertAbout(expected, speedscope.RootElement.GetProperty("profiles")[0].GetProperty("weights").EnumerateArray().Sum(weight => weight.GetDouble()));
        using var chromium = JsonDocument.Parse(Export(after, ExportFormat.ChromiumTrace));
        Assert.Equal(after.Collections.Total, chromium.RootElement.GetProperty("traceEvents").EnumerateArray().Count(item => item.GetProperty("ph").GetString() == "X"));

        static double PerSecond(MemoryProfile profile) => profile.Allocations.Total.Bytes / profile.Recording.DurationSeconds;

        // Each stack is rounded by itself.
        static void AssertAbout(long expected, double actual) => Assert.Equal(expected, actual, tolerance: 0.001 * expected);
    }

    [Fact]
    public async Task Missing_data_is_reported()
    {
        Assert.Throws<RecordingException>(() => MemoryRecording.Open(_folder.File("missing")));
        await Assert.ThrowsAsync<TargetException>(() => MemorySnapshot.TakeAsync(MemoryTarget.ByName("no such program"), TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryMonitor.WatchAsync(MemoryTarget.Self, TimeSpan.Zero, cancellation: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MeasurementOptions { Interval = TimeSpan.FromMilliseconds(1) });
    }

    public void Dispose() => _folder.Dispose();

    private string Export(MemoryProfile profile, ExportFormat format) => File.ReadAllText(ExportedFile(profile, format));

    private string ExportedFile(MemoryProfile profile, ExportFormat format)
    {
        var file = _folder.File(format.ToString());
        MemoryExport.Write(profile, format, file);
        return file;
    }

    private static MemoryTarget Idle(params string[] arguments) => MemoryTarget.Launch([.. TargetPrograms.Command("Idle", arguments)]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<Held> Build(int count) => [.. Enumerable.Range(0, count).Select(i => new Held { Value = i })];

    private sealed class Held
    {
        public int Value { get; set; }
    }
}
