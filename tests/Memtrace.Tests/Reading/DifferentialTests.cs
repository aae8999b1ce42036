using Memtrace.Analysis;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Analysis;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;
using TraceLog = Microsoft.Diagnostics.Tracing.Etlx.TraceLog;

namespace Memtrace.Tests.Reading;

/// <summary>What this reader makes of real files is what TraceEvent's own analyses make of them.</summary>
[Collection(nameof(SelfRecording))]
public sealed class DifferentialTests(SelfRecording recording)
{
    private sealed class Ours : RecordingVisitor
    {
        private readonly CodeAddresses _addresses = new();

        public Ours() => Code = new CodeMap(_addresses);

        public List<string> Allocations { get; } = [];
        public HashSet<ulong> Addresses { get; } = [];
        public Dictionary<string, int> Counts { get; } = [];
        public CodeMap Code { get; }

        public override void Visit(in AllocationEvent allocation)
        {
            foreach (var address in allocation.Stack)
                Addresses.Add(address);
            Allocations.Add(Line(allocation.Seconds, allocation.ThreadId, allocation.TypeName.ToString(), allocation.ObjectSize, allocation.Stack.ToArray()));
        }

        public override void Visit(in CollectionStart start) => Count("GC/Start");

        public override void Visit(in CollectionEnd end) => Count("GC/Stop");

        public override void Visit(in HeapStatistics statistics) => Count("GC/HeapStats");

        public override void Visit(in SuspensionBegin suspension) => Count("GC/SuspendEEStart");

        public override void Resumed(double seconds) => Count("GC/RestartEEStop");

        public override void Loaded(in MethodCode method)
        {
            Count("Method");
            Code.Load(method);
        }

        public override void Unloaded(in MethodCode method) => Code.Unload(method);

        public override void Visit(in MethodMap map) => Count("Map");

        public override void Visit(in ModuleCode module) => Count("Module");

        private void Count(string name) => Counts[name] = Counts.GetValueOrDefault(name) + 1;
    }

    private static string Line(double seconds, int thread, string type, long size, ulong[] stack) =>
        $"{seconds:f9} {thread} {type} {size} {string.Join(',', stack.Select(address => address.ToString("x")))}";

    private string[] Files => [recording.Samples, recording.Ticks];

    private static Ours Read(string file)
    {
        var ours = new Ours();
        var summary = new RecordingReader(ours).Read(File.OpenRead(file));
        Assert.True(summary.Terminated);
        Assert.Equal(0, summary.LostEvents);
        return ours;
    }

    private static MemoryProfile Analyze(string file) => RecordingAnalysis.Analyze(file, new AnalysisOptions());

    private static MemoryProfile Analyze(Func<Stream> open) => RecordingAnalysis.Analyze(open, "test", new AnalysisOptions());

    private static TraceLog OpenTraceLog(string file) =>
        TraceLog.OpenOrConvert(TraceLog.CreateFromEventPipeDataFile(file, Path.ChangeExtension(file, ".etlx")));

    private static ulong[] StackOf(TraceEvent data)
    {
        var stack = new List<ulong>();
        for (var frame = data.CallStack(); frame is not null; frame = frame.Caller)
            stack.Add(frame.CodeAddress.Address);
        return [.. stack];
    }

    [Fact]
    public void Allocations_and_their_stacks_are_those_of_TraceLog()
    {
        foreach (var file in Files)
        {
            using var log = OpenTraceLog(file);
            var theirs = new List<string>();
            foreach (var data in log.Events)
            {
                if (data is GCAllocationTickTraceData tick)
                    theirs.Add(Line(data.TimeStampRelativeMSec / 1000, data.ThreadID, tick.TypeName, tick.ObjectSize, StackOf(data)));
                else if (data.ProviderName == "Microsoft-Windows-DotNETRuntime" && (int)data.ID == 303)
                    theirs.Add(Line(data.TimeStampRelativeMSec / 1000, data.ThreadID, (string)data.PayloadByName("TypeName"), Convert.ToInt64(data.PayloadByName("ObjectSize")), StackOf(data)));
            }

            var ours = Read(file).Allocations;
            Assert.True(ours.Count > 50, $"only {ours.Count} samples");
            Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Events_by_type_have_the_same_counts()
    {
        foreach (var file in Files)
        {
            var theirs = new Dictionary<string, int>();
            using (var source = new EventPipeEventSource(file))
            {
                void Count(string name) => theirs[name] = theirs.GetValueOrDefault(name) + 1;
                var rundown = new ClrRundownTraceEventParser(source);
                source.Clr.GCStart += _ => Count("GC/Start");
                source.Clr.GCStop += _ => Count("GC/Stop");
                source.Clr.GCHeapStats += _ => Count("GC/HeapStats");
                source.Clr.GCSuspendEEStart += _ => Count("GC/SuspendEEStart");
                source.Clr.GCRestartEEStop += _ => Count("GC/RestartEEStop");
                source.Clr.MethodLoadVerbose += _ => Count("Method");
                rundown.MethodDCStartVerbose += _ => Count("Method");
                rundown.MethodDCStopVerbose += _ => Count("Method");
                source.Clr.MethodILToNativeMap += _ => Count("Map");
                rundown.MethodILToNativeMapDCStop += _ => Count("Map");
                source.Clr.LoaderModuleLoad += _ => Count("Module");
                rundown.LoaderModuleDCStop += _ => Count("Module");
                source.Process();
            }

            Assert.Equal(theirs.OrderBy(item => item.Key), Read(file).Counts.OrderBy(item => item.Key));
        }
    }

    [Fact]
    public void Methods_of_frames_are_those_of_TraceLog()
    {
        foreach (var file in Files)
        {
            using var log = OpenTraceLog(file);
            var ours = Read(file);
            var theirs = new Dictionary<ulong, string>();
            foreach (var address in log.CodeAddresses)
            {
                if (ours.Addresses.Contains(address.Address) && !string.IsNullOrEmpty(address.FullMethodName))
                    theirs[address.Address] = address.FullMethodName;
            }

            var compared = 0;
            foreach (var (address, name) in theirs)
            {
                var method = ours.Code.Find(address);
                Assert.NotNull(method);

                // At a method's very first byte a return address belongs to the method before it, which TraceLog does not know.
                if (method.Start + method.Size == address)
                    continue;
                Assert.StartsWith($"{method.DeclaringType}.{method.Name}", name, StringComparison.Ordinal);
                compared++;
            }

            Assert.True(compared > 20, $"only {compared} frames");
        }
    }

    [Fact]
    public void Collections_are_those_of_the_managed_process_analysis()
    {
        foreach (var file in Files)
        {
            using var source = new EventPipeEventSource(file);
            source.NeedLoadedDotNetRuntimes();
            source.Process();
            var theirs = source.Processes().Single().LoadedDotNetRuntime().GC.GCs.Where(item => item.IsComplete).ToList();
            var ours = Analyze(file).Collections;

            Assert.NotEmpty(theirs);
            Assert.Equal(theirs.Select(item => (item.Number, item.Generation, item.Reason.ToString())), ours.Items.Select(item => (item.Number, item.Generation, item.Reason)));
            Assert.Equal(
                theirs.Select(item => (item.Number, (long?)item.HeapStats?.TotalHeapSize, (long?)item.HeapStats?.TotalPromoted)),
                ours.Items.Select(item => (item.Number, item.HeapAfterBytes, item.PromotedBytes)));

            // Where a background and another collection start in one stop, the stop is split between them here and not there.
            foreach (var (their, our) in theirs.Zip(ours.Items).Where(pair => !pair.Second.Background))
                Assert.Equal(their.PauseDurationMSec, our.PauseMs, 1e-3);
            Assert.InRange(ours.PauseTotalMs, theirs.Sum(item => item.PauseDurationMSec) - 1e-3, double.PositiveInfinity);
        }
    }

    [Fact]
    public void Allocated_bytes_are_those_that_were_allocated()
    {
        var types = Analyze(recording.Samples).Allocations.Types;
        var marker = types.Single(item => item.Type.EndsWith("Marker", StringComparison.Ordinal));

        SamplingAgreement.Holds([(marker.Type, SamplingAgreement.Deviation(marker.Allocated.Bytes, SelfRecording.MarkerSize, SelfRecording.Markers))]);
    }

    [Fact]
    public void A_file_cut_anywhere_is_read_as_far_as_it_goes()
    {
        var bytes = File.ReadAllBytes(recording.Samples);
        var random = new Random(5);
        long last = 0;
        foreach (var length in Enumerable.Range(0, 20).Select(_ => random.Next(200, bytes.Length)).Order())
        {
            var profile = Analyze(() => new MemoryStream(bytes, 0, length));
            Assert.False(profile.Recording.Complete);
            Assert.True(profile.Recording.AllocationSamples >= last);
            last = profile.Recording.AllocationSamples;
        }

        Assert.True(last > 0);
    }

    [Fact]
    public void Random_damage_never_ends_in_anything_but_a_profile_or_a_clear_error()
    {
        var bytes = File.ReadAllBytes(recording.Samples);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var damaged = bytes.ToArray();
            for (var i = 0; i < 5; i++)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.NotNull(Analyze(() => new MemoryStream(damaged)));
            }
            catch (RecordingException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }
}
