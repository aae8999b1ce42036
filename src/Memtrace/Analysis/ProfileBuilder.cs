using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Collections;
using Memtrace.Analysis.Findings;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Analysis.Memory;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Analysis;

/// <summary>Gathers a profile from the events of a recording. A profile can be built at any time, also of a live stream.</summary>
internal sealed class ProfileBuilder : RecordingVisitor
{
    private readonly TimeWindow _window;
    private readonly AllocationScope? _scope;
    private readonly Regex? _myCode;
    private readonly CodeAddresses _addresses = new();
    private readonly CodeMap _code;
    private readonly SampleEstimates _estimates = new();
    private readonly AllocationTracker _allocations;
    private readonly CollectionTracker _collections;
    private readonly RequestTracker _requests;
    private readonly HeapTracker _heap;
    private readonly MemoryTracker _memory;
    private readonly BreakdownTracker _breakdown;
    private readonly LiveHeapTracker _live;
    private readonly ProcessTracker _process = new();
    private readonly RecordingTracker _recording = new();
    private readonly Timeline _timeline;
    private double _takenUpTo;

    /// <summary>Counts events in the window of <paramref name="options"/>.</summary>
    /// <param name="options">Which part of the recording.</param>
    /// <param name="past">The moments at which to gather the live heap; null before a first reading has found them.</param>
    public ProfileBuilder(AnalysisOptions options, PastMoments? past = null)
    {
        (_window, _scope, _myCode) = (TimeWindow.Of(options), options.AllocationScope, options.MyCode);
        _code = new CodeMap(_addresses);
        _allocations = new AllocationTracker(_window, _addresses, options.StackFrames);
        _collections = new CollectionTracker(_window, options.Collections);
        _requests = new RequestTracker(_window, _addresses, _allocations.Stacks);
        _heap = new HeapTracker(_window, options.SeriesLength);
        _memory = new MemoryTracker(_window, options.SeriesLength);
        _timeline = new Timeline(options.TimelinePoints);
        _breakdown = new BreakdownTracker(_window);
        _live = new LiveHeapTracker(_window, options.TrackedObjects, past) { Copies = new CollectionCopies(options.ObjectsAfter) };
    }

    /// <summary>The tracked objects.</summary>
    public LiveHeapTracker Live => _live;

    /// <summary>A resolver of names, to be shared by several profiles of the same stream.</summary>
    public SymbolResolver Symbols() => new(_code, _addresses, _allocations.Types, _allocations.Stacks, _myCode, TimeProvider.System);

    /// <summary>The complete profile of the events so far.</summary>
    /// <param name="file">Name of the recording.</param>
    /// <param name="summary">What the reader learned.</param>
    public MemoryProfile Build(string file, in ReadingSummary summary)
    {
        using var symbols = Symbols();
        return BuildFigures(file, summary, symbols).WithConclusions();
    }

    /// <summary>The figures of the events so far: a profile without conclusions, whose names can be some seconds old.</summary>
    /// <param name="file">Name of the recording.</param>
    /// <param name="summary">What the reader learned.</param>
    /// <param name="symbols">Resolves the names.</param>
    public MemoryProfile BuildFigures(string file, in ReadingSummary summary, SymbolResolver symbols)
    {
        _addresses.Settle();
        var process = _process.Describe();
        symbols.Refresh(process.Name);
        symbols.Learn(_allocations.Amounts.Select(amount => amount.Key));
        var window = _window.Within(_recording.EndSeconds(summary));
        var allocations = AllocationGrouping.Group(_allocations.Sampling, Resolve(symbols, _allocations.Amounts), (_scope?.Time ?? window).Length);
        var recording = _recording.Describe(file, window, allocations.Total.Samples, _live.HasSurvival, summary);
        var memory = _memory.Summarize() with { IsOver = recording.ProcessHasEnded };
        _collections.HasStacks |= _allocations.Stacks.Count > 0;
        var collections = _collections.Summarize(window.Length) with { Requests = _requests.Requests(symbols) };
        var live = _live is { HasSurvival: true, HasCollected: true } ? new LiveHeapBuilder(_live, symbols, window).Build() : null;
        recording = recording with { Frames = symbols.Frames, UnresolvedFrames = symbols.UnresolvedFrames, OwnModules = symbols.OwnModules };
        return new MemoryProfile(process, recording, memory, collections, allocations, _timeline.Points(_allocations.Sampling), live)
        {
            Breakdown = _breakdown.Snapshots,
            NearestBreakdownSeconds = _breakdown.NearestSeconds,
            DroppedBreakdowns = _breakdown.Dropped,
            Heap = _heap.Points(),
            Readings = _memory.Readings(),
            GcSettings = _heap.Settings(memory),
        };
    }

    /// <summary>The figures that cost nothing to read.</summary>
    public RuntimeFigures Current() => new(
        _memory.GcHeap,
        _memory.GcCommitted,
        _collections.PauseTotalMs,
        _allocations.Sampling == AllocationSampling.None ? null : _allocations.Bytes.By(_allocations.Sampling));

    /// <summary>The figures of the time since the last call: its allocations, and everything else as it is now.</summary>
    /// <param name="file">Name of the recording.</param>
    /// <param name="summary">What the reader learned.</param>
    /// <param name="symbols">Resolves the names.</param>
    public MemoryProfile TakeWindow(string file, in ReadingSummary summary, SymbolResolver symbols)
    {
        var profile = BuildFigures(file, summary, symbols);
        var window = new TimeWindow(_takenUpTo, profile.Recording.WindowStartSeconds + profile.Recording.DurationSeconds);
        _takenUpTo = window.To;
        var allocations = AllocationGrouping.Group(_allocations.Sampling, Resolve(symbols, _allocations.TakeRecent()), window.Length);
        return profile with
        {
            Recording = profile.Recording with { WindowStartSeconds = window.From, DurationSeconds = window.Length, AllocationSamples = allocations.Total.Samples },
            Allocations = allocations,
        };
    }

    private static List<StackAllocations> Resolve(SymbolResolver symbols, IEnumerable<KeyValuePair<AllocationKey, Estimate>> amounts)
    {
        var sums = new Dictionary<Place, Estimate>();
        foreach (var (key, amount) in amounts)
            CollectionsMarshal.GetValueRefOrAddDefault(sums, symbols.Place(key), out _) += amount;
        return [.. sums.Select(sum => new StackAllocations(sum.Key.Type, sum.Key.Stack, sum.Value))];
    }

    public override void Begin(in RecordingHeader header)
    {
        _process.Add(header);
        _recording.Add(header);
    }

    public override void Happened(double seconds) => _recording.Happened(seconds);

    public override void Rundown(double seconds) => _recording.Rundown(seconds);

    public override void Visit(in AllocationEvent allocation)
    {
        if (_scope?.Contains(allocation) == false)
            return;
        if (_allocations.IsFull)
            Fold();
        var amount = _estimates.Of(allocation);
        _live.Add(allocation, _allocations.Add(allocation, amount), amount);
    }

    public override void Visit(in CollectionStart start)
    {
        _collections.Start(start);
        _live.Start(start);
        _process.Add(start);
    }

    public override void Visit(in CollectionEnd end)
    {
        _collections.End(end);
        _heap.Add(end);
        _live.End(end);
    }

    public override void Visit(in HeapStatistics statistics)
    {
        _collections.Measure(statistics);
        _memory.Add(statistics);
        _heap.Add(statistics);
        _breakdown.Add(statistics);
        _live.Measure(statistics);
        AddPoint(statistics.Seconds);
    }

    public override void Visit(in CommittedUsage usage)
    {
        _memory.Add(usage);
        _heap.Add(usage);
    }

    public override void Visit(in HeapHistory history) => _heap.Add(history);

    public override void Visit(in FinalizersEnd end) => _heap.Add(end);

    public override void Visit(in CollectionTrigger trigger)
    {
        _collections.Request(trigger);
        _requests.Add(trigger);
    }

    public override void Visit(in CollectorSettings settings) => _heap.Add(settings);

    public override void Visit(in CollectorHistory history)
    {
        _process.Add(history);
        _heap.Add(history);
    }

    public override void Visit(in SuspensionBegin suspension)
    {
        _collections.Suspend(suspension);
        _live.Suspend(suspension);
    }

    public override void Resuming(double seconds) => _live.Resume(seconds);

    public override void Resumed(double seconds) => _collections.Resume(seconds);

    public override void Visit(in GenerationRange range) => _live.Add(range);

    public override void Visit(in MarkedRoots roots)
    {
        _heap.Add(roots);
        _live.Add(roots);
    }

    public override void Visit(in SurvivingRanges survivors) => _live.Add(survivors);

    public override void Visit(in MovedRanges moves) => _live.Add(moves);

    public override void Lost() => _live.Lost();

    public override void Loaded(in MethodCode method) => _code.Load(method);

    public override void Unloaded(in MethodCode method) => _code.Unload(method);

    public override void Visit(in MethodMap map) => _code.Add(map);

    public override void Visit(in PrecompiledEntry entry) => _code.Add(entry);

    public override void Visit(in ModuleCode module) => _code.Add(module);

    public override void Unloaded(in ModuleCode module) => _code.Unload(module);

    public override void Visit(in RuntimeFacts runtime) => _process.Add(runtime);

    public override void Visit(in ProcessFacts process) => _process.Add(process);

    public override void Visit(in RecordedProcess process)
    {
        _process.Add(process);
        _recording.Add(process);
        var sampling = process.Sampling ?? AllocationSampling.None;
        _allocations.Declare(sampling);
        _live.Declare(process.SurvivalTracking, sampling);
    }

    public override void Visit(in ProcessMemorySample sample)
    {
        _memory.Add(sample);
        _live.Measure(sample);
        AddPoint(sample.Seconds);
    }

    public override void Visit(in ContainerMemorySample sample) => _memory.Add(sample);

    public override void Visit(in MachineMemorySample sample) => _memory.Add(sample);

    public override void Visit(MemoryBreakdown breakdown) => _breakdown.Add(breakdown);

    public override void Visit(in BreakdownDrop drop) => _breakdown.Add(drop);

    public override void Visit(in SurvivalStop stop)
    {
        _recording.Add(stop);
        _live.Stop(stop.Seconds);
    }

    public override void Visit(in EndEvent end) => _recording.Add(end);

    private void Fold()
    {
        _addresses.Settle();
        var folding = _allocations.Fold();
        _requests.Fold(folding);
        _live.Fold(folding);
    }

    private void AddPoint(double seconds)
    {
        if (_window.Contains(seconds))
            _timeline.Add(seconds, _memory, _allocations.Bytes);
    }
}
