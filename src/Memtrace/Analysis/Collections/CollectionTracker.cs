using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Collections;

/// <summary>
/// Follows collections and pauses. A pause belongs to the collection that starts in it or, if the runtime prepares the next phase of a background collection,
/// to that collection. Pauses for other reasons do not count.
/// </summary>
/// <param name="window">The window that counts.</param>
/// <param name="limit">Minimum number of recent collections to list one by one.</param>
internal sealed class CollectionTracker(TimeWindow window, int limit = int.MaxValue)
{
    private readonly List<Collection> _ended = [];
    private readonly int[] _earlier = new int[3];
    private readonly Dictionary<int, Collection> _running = [];
    private (int Reason, bool HasCaller)? _request;
    private Pause? _pause;
    private Collection? _background;
    private double _pauseTotal;
    private double _pauseMax;

    private sealed class Collection(CollectionStart start, bool? hasCaller)
    {
        public CollectionStart Start { get; } = start;

        /// <summary>Whether there is managed code on the stack of its request; null if the request is unknown.</summary>
        public bool? HasCaller { get; } = hasCaller;
        public double EndSeconds { get; set; }
        public double PauseSeconds { get; set; }
        public HeapStatistics? Heap { get; set; }
    }

    /// <summary>A pause in progress. When a second collection starts in it, the share of the first ends.</summary>
    private sealed class Pause(double begin, Collection? owner)
    {
        public double Begin { get; } = begin;
        public Collection? Owner { get; private set; } = owner;
        public double ShareBegin { get; private set; } = begin;

        public void Charge(double seconds)
        {
            if (Owner is not null)
                Owner.PauseSeconds += seconds - ShareBegin;
        }

        public void HandOver(Collection next, double seconds)
        {
            if (Owner is not null)
            {
                Charge(seconds);
                ShareBegin = seconds;
            }

            Owner = next;
        }
    }

    /// <summary>Total pause in the window, in ms.</summary>
    public double PauseTotalMs => _pauseTotal * 1000;

    /// <summary>Whether any event of the recording has a call stack: then a request without one does not come from managed code.</summary>
    public bool HasStacks { get; set; }

    /// <summary>The runtime begins to pause the program.</summary>
    public void Suspend(in SuspensionBegin suspension) => _pause = suspension.Reason switch
    {
        SuspensionReason.Collection => new Pause(suspension.Seconds, owner: null),
        SuspensionReason.CollectionPreparation => new Pause(suspension.Seconds, _background),
        _ => null,
    };

    /// <summary>The program runs again.</summary>
    public void Resume(double seconds)
    {
        if (_pause is not { } pause)
            return;
        _pause = null;
        pause.Charge(seconds);
        if (!window.Contains(seconds))
            return;
        _pauseTotal += seconds - pause.Begin;
        _pauseMax = Math.Max(_pauseMax, seconds - pause.Begin);
    }

    /// <summary>A collection is requested. The runtime holds its lock by then, so collections that start before the next request belong to this one.</summary>
    public void Request(in CollectionTrigger trigger)
    {
        _request = (trigger.Reason, !trigger.Stack.IsEmpty);
        HasStacks |= !trigger.Stack.IsEmpty;
    }

    /// <summary>A collection starts.</summary>
    public void Start(in CollectionStart start)
    {
        var collection = new Collection(start, _request?.Reason == start.Reason ? _request?.HasCaller : null);
        _running[start.Number] = collection;
        if (start.Kind == CollectionKind.Background)
            _background = collection;
        _pause?.HandOver(collection, start.Seconds);
    }

    /// <summary>A collection ends. It is left out if its start was lost.</summary>
    public void End(in CollectionEnd end)
    {
        if (!_running.Remove(end.Number, out var collection))
            return;
        if (ReferenceEquals(collection, _background))
            _background = null;
        collection.EndSeconds = end.Seconds;
        if (!window.Contains(end.Seconds))
            return;
        if (_ended.Count / 2 >= limit)
            Forget();
        _ended.Add(collection);
    }

    private void Forget()
    {
        foreach (var collection in _ended[..limit])
            _earlier[Math.Clamp(collection.Start.Generation, 0, 2)]++;
        _ended.RemoveRange(0, limit);
    }

    /// <summary>The heap after the last collection.</summary>
    public void Measure(in HeapStatistics statistics)
    {
        if (_ended.Count > 0)
            _ended[^1].Heap ??= statistics;
    }

    /// <summary>The collections that ended in the window.</summary>
    /// <param name="windowSeconds">The window's length.</param>
    public CollectionSummary Summarize(double windowSeconds) => new(
        [.. _ended.OrderBy(item => item.Start.Seconds).Select(Describe)],
        PauseTotalMs,
        _pauseMax * 1000,
        windowSeconds > 0 ? 100 * _pauseTotal / windowSeconds : 0)
    {
        Earlier = [.. _earlier],
    };

    private GarbageCollection Describe(Collection item)
    {
        var reason = (CollectionReason)item.Start.Reason;
        return new GarbageCollection(
            item.Start.Number,
            item.Start.Generation,
            item.Start.Kind == CollectionKind.Background,
            reason.ToString(),
            reason.IsInduced(),
            item.Start.Seconds,
            (item.EndSeconds - item.Start.Seconds) * 1000,
            item.PauseSeconds * 1000,
            item.Heap?.SizeBytes,
            item.Heap?.PromotedBytes)
        {
            ByProgram = reason.IsInduced() && HasStacks ? item.HasCaller : null,
        };
    }
}
