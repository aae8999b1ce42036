using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Events;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tests.Nettrace;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;
using TraceLog = Microsoft.Diagnostics.Tracing.Etlx.TraceLog;

namespace Memtrace.Tests.Reading;

/// <summary>What is read through TraceLog is what our own reader makes of the same recording.</summary>
[Collection(nameof(SelfRecording))]
public sealed class TraceLogReaderTests(SelfRecording recording) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-tracelog-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, byte[] content)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(file, content);
        return file;
    }

    private string ToEtlx(string file) => TraceLog.CreateFromEventPipeDataFile(file, Path.Combine(_folder.FullName, Path.GetFileNameWithoutExtension(file) + ".etlx"));

    private static MemoryProfile Analyze(string file, string? process = null) => RecordingAnalysis.Analyze(file, new AnalysisOptions { Process = process });

    private static string Json(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, profile with { Recording = profile.Recording with { File = "" } });
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static RecordingException Fails(string file, string? process = null)
    {
        var error = Assert.Throws<RecordingException>(() => Analyze(file, process));
        Assert.DoesNotContain('\n', error.Message);
        Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
        return error;
    }

    private static byte[] HeapStats(long size) => [.. Bytes(size), .. Enumerable.Range(0, 7).SelectMany(_ => Bytes(0L)), .. new byte[46]];

    private static byte[] Tick(string type, int size) =>
        [.. Bytes(size), .. Bytes(0), .. Bytes((ushort)0), .. Bytes((long)size), .. Bytes(1L), .. Text(type), .. Bytes(0), .. Bytes(0x99L), .. Bytes(64L)];

    /// <summary>Events of the runtimes of processes 10, 20 and 30: one, three and two.</summary>
    private string SeveralProcesses()
    {
        var stream = new List<byte>(SyntheticSession.HeaderOf(NettraceFraming.Blocks));
        void Add(BlockKind kind, ReadOnlySpan<byte> payload) => stream.AddRange(new PayloadWriter().Int32((int)kind << 24 | payload.Length).Bytes(payload).Written);

        Add(BlockKind.Trace, SyntheticSession.TraceOf(NettraceFraming.Blocks, 1));
        foreach (var process in new[] { 10, 20, 30 })
            Add(BlockKind.Thread, ThreadDeclarations.Declare((ulong)process + 1, process, "main"));
        Add(BlockKind.Metadata, EventMetadata.Declare(NettraceFraming.Blocks, Providers.Runtime, 1, [new EventDescription(HeapStatistics.Id, "GCHeapStats")]));
        Add(BlockKind.Metadata, EventMetadata.Declare(NettraceFraming.Blocks, Providers.EventPipe, 2, [new EventDescription(ProcessFacts.Id, "ProcessInfo")]));
        long time = SyntheticSession.Start;
        foreach (var (process, events) in new[] { (10, 1), (20, 3), (30, 2) })
        {
            var block = new EventBlockWriter();
            for (var number = 1; number <= events; number++)
            {
                var header = new EventHeader { MetadataId = 1, SequenceNumber = (uint)number, CaptureThread = (ulong)process + 1, Thread = (ulong)process + 1, Timestamp = ++time };
                block.Add(header, HeapStats(process * 1_000_000));
            }

            Add(BlockKind.Event, block.Complete());
        }

        return Write("several.nettrace", [.. stream, 0, 0, 0, 0]);
    }

    [Theory]
    [InlineData("MyApp.Order.Add(int32)", "MyApp.Order", "Add", "(int32)")]
    [InlineData("MyApp.Order..ctor()", "MyApp.Order", ".ctor", "()")]
    [InlineData("MyApp.Order..cctor()", "MyApp.Order", ".cctor", "()")]
    [InlineData("MyApp.Order+<>c.<.cctor>b__37_0()", "MyApp.Order+<>c", "<.cctor>b__37_0", "()")]
    [InlineData("MyApp.Box`1[System.__Canon].Find[System.Int32](!0)", "MyApp.Box`1[System.__Canon]", "Find[System.Int32]", "(!0)")]
    [InlineData("Shop.Cart.System.IDisposable.Dispose()", "Shop.Cart", "System.IDisposable.Dispose", "()")]
    [InlineData("Shop.Cart.Shop.Stores.IStore.Add(int32)", "Shop.Cart", "Shop.Stores.IStore.Add", "(int32)")]
    [InlineData("Shop.Cart.System.Collections.Generic.IEnumerable<Shop.Order>.GetEnumerator()", "Shop.Cart", "System.Collections.Generic.IEnumerable<Shop.Order>.GetEnumerator", "()")]
    [InlineData("System.Runtime.CompilerServices.ConditionalWeakTable`2[System.__Canon,System.__Canon].System.Collections.Generic.IEnumerable<System.Collections.Generic.KeyValuePair<TKey,TValue>>.GetEnumerator()", "System.Runtime.CompilerServices.ConditionalWeakTable`2[System.__Canon,System.__Canon]", "System.Collections.Generic.IEnumerable<System.Collections.Generic.KeyValuePair<TKey,TValue>>.GetEnumerator", "()")]
    [InlineData("Shop.Box`1[System.__Canon].Other.IStore.Add()", "Shop.Box`1[System.__Canon]", "Other.IStore.Add", "()")]
    [InlineData("Shop.Box`1[System.__Canon]..ctor()", "Shop.Box`1[System.__Canon]", ".ctor", "()")]
    [InlineData("Shop.Cart+<Shop-IStore-All>d__3.System.IDisposable.Dispose()", "Shop.Cart+<Shop-IStore-All>d__3", "System.IDisposable.Dispose", "()")]
    [InlineData("System.IDisposable.Dispose()", "System.IDisposable", "Dispose", "()")]
    [InlineData("Shop.System.Image.Load()", "Shop.System.Image", "Load", "()")]
    [InlineData("Shop.I.Am()", "Shop.I", "Am", "()")]
    [InlineData("Program.<Main>$(class System.String[])", "Program", "<Main>$", "(class System.String[])")]
    [InlineData("Main", "", "Main", "")]
    [InlineData(".Main()", "", "Main", "()")]
    [InlineData("<a].Main", "<a]", "Main", "")]
    public void A_full_name_is_split_into_its_parts(string fullName, string type, string name, string signature) =>
        Assert.Equal(new TraceLogCode.MethodParts(type, name, signature), TraceLogCode.Parts(fullName));

    /// <summary>Each stack with its type, methods and samples.</summary>
    private static IEnumerable<string> Stacks(MemoryProfile profile) => profile.Allocations.Stacks
        .GroupBy(
            stack => $"{stack.Type}: {string.Join(" < ", Frames(stack.Stack).Select(frame => $"{frame.Module}!{frame.Method} ({frame.File}) {frame.Origin}"))}",
            stack => stack.Allocated,
            (stack, amounts) => $"{amounts.Sum(amount => amount.Samples)} {stack}")
        .Order(StringComparer.Ordinal);

    /// <summary>The methods of all frames with their lines.</summary>
    private static HashSet<string> Lines(MemoryProfile profile) =>
        [.. profile.Allocations.Stacks.SelectMany(stack => Frames(stack.Stack)).Where(frame => frame.Line is not null).Select(frame => $"{frame.Method} {frame.File}:{frame.Line}")];

    private static string Summary(MemoryProfile profile) =>
        Regex.Replace(Json(profile with { Allocations = profile.Allocations with { Sites = [], Stacks = [] } }), @":\d+\b(?=[^,}\]])", "");

    private static IEnumerable<Frame> Frames(CallStack? stack)
    {
        for (; stack is not null; stack = stack.Caller)
            yield return stack.Frame;
    }

    [Fact]
    public void An_etlx_file_gives_the_profile_of_the_nettrace_file()
    {
        foreach (var file in new[] { recording.Ticks, recording.Samples })
        {
            var (ours, theirs) = (Analyze(file), Analyze(ToEtlx(file)));

            Assert.Equal(Stacks(ours), Stacks(theirs));
            Assert.Equal(Summary(ours), Summary(theirs));

            // In optimized code TraceLog's IL offset may be that of a neighboring statement.
            var lines = Lines(ours);
            Assert.NotEmpty(lines);
            Assert.InRange(lines.Intersect(Lines(theirs)).Count(), 0.9 * lines.Count, lines.Count);
        }
    }

    [Fact]
    public void Events_of_our_recorder_are_kept()
    {
        byte[] process = new RecordedProcess(4242, "app", "app --x", "10.0.12", "x64", "Linux", 8, AllocationSampling.Tick, true).Write();
        byte[] memory = [.. Enumerable.Range(1, 8).SelectMany(i => Bytes(i * 1_000_000L)), .. Bytes(5), .. Bytes(12L)];
        byte[] end = [.. Text("targetKilled"), .. Bytes(-1), .. Bytes(9), .. Text("killed")];
        byte[] usage = [.. Text("CommittedUsage"), .. Bytes(42), .. Bytes((ushort)1), .. Enumerable.Range(1, 5).SelectMany(i => Bytes(i * 1_000_000L))];
        var file = Write("ours.nettrace", new NettraceBuilder()
            .Event(Providers.Recorder, 1, 0, process)
            .Event(Providers.Runtime, HeapStatistics.Id, 1, HeapStats(5_000_000))
            .Event(Providers.Runtime, CommittedUsage.Id, 1.5, usage)
            .Event(Providers.Recorder, 2, 2, memory)
            .Event(Providers.Recorder, 6, 3, end)
            .Build());

        var (ours, theirs) = (Analyze(file), Analyze(ToEtlx(file)));

        Assert.Equal(("app", (EndReason?)EndReason.TargetKilled, 1_000_000L, 10_000_000L), (theirs.Process.Name, theirs.Recording.EndReason, theirs.Memory.Rss?.CurrentBytes, theirs.Memory.GcCommitted?.CurrentBytes));
        Assert.Equal(Json(ours), Json(theirs));
    }

    [Theory]
    [InlineData(4000, 4000, false)]
    [InlineData(4096, 0, true)]
    [InlineData(5000, 904, true)]
    public void An_event_of_more_than_64_KB_is_cut_and_known_to_be_incomplete(int count, int read, bool incomplete)
    {
        byte[] ranges = [.. Enumerable.Range(1, count).SelectMany(i => (byte[])[.. Bytes(i * 0x1000L), .. Bytes(8L * i)])];
        var file = Write("large.nettrace", new NettraceBuilder()
            .Event(Providers.Runtime, HeapStatistics.Id, 1, HeapStats(1))
            .Event(Providers.Runtime, SurvivingRanges.Id, 2, [.. Bytes(0), .. Bytes(count), .. Bytes((ushort)0), .. ranges])
            .Build());
        var seen = new SeenSurvival();

        new TraceLogReader(seen).Read(ToEtlx(file), RecordingFormat.TraceLog, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, read).Select(i => new SurvivingRange((ulong)i * 0x1000, (ulong)i * 8)), seen.Surviving);
        Assert.Equal(incomplete, seen.Incomplete);
    }

    [Fact]
    public void If_events_were_lost_each_one_may_have_a_gap_before_it()
    {
        var file = Write("lost.nettrace", new NettraceBuilder()
            .Event(Providers.Runtime, HeapStatistics.Id, 1, HeapStats(1), sequence: 1)
            .Event(Providers.Runtime, HeapStatistics.Id, 2, HeapStats(2), sequence: 6)
            .Build());
        var seen = new SeenSurvival();

        var summary = new TraceLogReader(seen).Read(ToEtlx(file), RecordingFormat.TraceLog, TestContext.Current.CancellationToken);

        Assert.Equal((4, 2), (summary.LostEvents, seen.Gaps));
    }

    [Fact]
    public void A_method_loaded_where_another_was_unloaded_does_not_take_its_name()
    {
        const ulong Start = 0x7f00_0000_1000;
        var file = Write("reused.nettrace", new NettraceBuilder()
            .Stacks(8, [Start + 0x10])
            .Event(Providers.Runtime, MethodCode.LoadId, 1, Method(1, Start, "First"))
            .Event(Providers.Runtime, AllocationEvent.TickId, 2, Tick("A", 100_000), stack: 1, version: 4)
            .Event(Providers.Runtime, MethodCode.UnloadId, 3, Method(1, Start, "First"))
            .Event(Providers.Runtime, MethodCode.LoadId, 4, Method(2, Start, "Second"))
            .Event(Providers.Runtime, AllocationEvent.TickId, 5, Tick("B", 100_000), stack: 1, version: 4)
            .Build());

        var (ours, theirs) = (Analyze(file), Analyze(ToEtlx(file)));

        Assert.Equal([("A", "N.T.First"), ("B", "N.T.Second")], Methods(theirs));
        Assert.Equal(Methods(ours), Methods(theirs));

        static IEnumerable<(string, string)> Methods(MemoryProfile profile) => profile.Allocations.Stacks.Select(stack => (stack.Type, stack.Stack!.Frame.Method)).Order();

        static byte[] Method(long id, ulong start, string name) =>
            [.. Bytes(id), .. Bytes(1L), .. Bytes((long)start), .. Bytes(0x100), .. Bytes(0x06000001), .. Bytes(1), .. Text("N.T"), .. Text(name), .. Text("void ()"), .. Bytes((ushort)0), .. Bytes(0L)];
    }

    [Fact]
    public void A_netperf_file_of_NET_Core_2_is_read()
    {
        var builder = new NetperfBuilder()
            .Event(Providers.Runtime, HeapStatistics.Id, 1, HeapStats(5_000_000))
            .Event(Providers.Runtime, AllocationEvent.TickId, 2, Tick("MyApp.Order", 110_000), 0x1000, 0x2000);
        var whole = Analyze(Write("whole.netperf", builder.Build()));
        var bytes = builder.Build(terminated: false);

        Assert.Equal((4242, 4, true), (whole.Process.Id, whole.Process.ProcessorCount, whole.Recording.Complete));
        Assert.Equal(5_000_000, whole.Memory.GcHeap?.CurrentBytes);
        Assert.Equal("MyApp.Order", Assert.Single(whole.Allocations.Stacks).Type);
        Assert.Equal(["0x1000", "0x2000"], Frames(whole.Allocations.Stacks[0].Stack).Select(frame => frame.Method));

        // The last event is cut: what comes before it is read.
        var cut = Analyze(Write("cut.netperf", bytes[..^10]));
        Assert.Equal((5_000_000, 0L, false), (cut.Memory.GcHeap?.CurrentBytes, cut.Recording.AllocationSamples, cut.Recording.Complete));
    }

    [Theory]
    [InlineData(null, 20, new[] { 30, 10 })]
    [InlineData("30", 30, new[] { 20, 10 })]
    [InlineData("10", 10, new[] { 20, 30 })]
    public void Of_several_processes_the_one_with_the_most_events_is_shown_or_the_chosen_one(string? chosen, int expected, int[] others)
    {
        var nettrace = SeveralProcesses();
        foreach (var file in new[] { nettrace, ToEtlx(nettrace) })
        {
            var profile = Analyze(file, chosen);

            Assert.Equal(expected, profile.Process.Id);
            Assert.Equal(expected * 1_000_000, profile.Memory.GcHeap?.PeakBytes);
            Assert.Equal(others, profile.Recording.OtherProcesses.Select(process => process.Id));
        }
    }

    [Fact]
    public void A_missing_process_is_an_error_that_lists_the_others()
    {
        Assert.Contains("(20)", Fails(SeveralProcesses(), "4711").Message, StringComparison.Ordinal);
        Assert.Contains($"({Environment.ProcessId})", Fails(recording.Ticks, "4711").Message, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, Analyze(recording.Ticks, $"{Environment.ProcessId}").Process.Id);
    }

    [Fact]
    public void A_damaged_or_cut_etlx_file_is_read_or_refused_in_one_line()
    {
        var bytes = File.ReadAllBytes(ToEtlx(SeveralProcesses()));
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var damaged = seed % 2 == 0 ? bytes[..random.Next(60, bytes.Length)] : [.. bytes];
            damaged[random.Next(32, damaged.Length)] ^= (byte)(1 << random.Next(8));
            var file = Write("damaged.etlx", damaged);
            try
            {
                Assert.NotNull(Analyze(file));
            }
            catch (RecordingException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Theory]
    [InlineData("text.etlx", "just some text, long enough for a header", "not a .nettrace")]
    [InlineData("empty.etlx", "", "empty")]
    [InlineData("heap.gcdump", "\u0014\0\0\0!FastSerialization.1\u0004\u0004\u0001\u0004\0\0\0\0\0\0\0\u000a\0\0\0GCHeapDump\u0006", "Not a recording")]
    public void A_file_that_is_not_a_recording_is_refused_in_one_line(string name, string content, string expected) =>
        Assert.Contains(expected, Fails(Write(name, System.Text.Encoding.ASCII.GetBytes(content))).Message, StringComparison.Ordinal);

    [Theory]
    [Requires(Requirement.Linux)]
    [InlineData("app.etl", "\0\0\u0001\0")]
    [InlineData("app.etl.zip", "PK\u0003\u0004")]
    public void An_etl_file_says_where_it_can_be_read(string name, string content)
    {
        Assert.Contains("on Windows", Fails(Write(name, System.Text.Encoding.ASCII.GetBytes(content))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_or_does_not_exist_is_an_error_of_one_line()
    {
        Fails(Directory.CreateDirectory(Path.Combine(_folder.FullName, "folder.etlx")).FullName);
        Fails(Path.Combine(_folder.FullName, "missing.etlx"));
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        var file = ToEtlx(SeveralProcesses());
        Assert.Throws<OperationCanceledException>(() => RecordingAnalysis.Analyze(file, new AnalysisOptions(), new CancellationToken(canceled: true)));
    }
}
