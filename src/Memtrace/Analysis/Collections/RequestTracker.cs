using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.Collections;

/// <summary>Counts requests for collections by call stack.</summary>
internal sealed class RequestTracker(TimeWindow window, CodeAddresses addresses, StackTable stacks)
{
    private readonly Dictionary<int, int> _counts = [];

    /// <summary>A collection is about to start, for any reason.</summary>
    public void Add(in CollectionTrigger trigger)
    {
        if (!window.Contains(trigger.Seconds) || !((CollectionReason)trigger.Reason).IsInduced())
            return;
        addresses.Settle();
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, stacks.Add(trigger.Stack), out _)++;
    }

    /// <summary>The requests by call site, most frequent first.</summary>
    public ImmutableArray<CollectionRequest> Requests(FrameResolver frames) =>
    [
        .. _counts.GroupBy(item => CallSite.Of("", frames.Stack(item.Key)).Frame)
            .Select(site => new CollectionRequest(site.Key, site.Sum(item => item.Value)))
            .OrderByDescending(request => request.Count).ThenBy(request => request.Site?.Method, StringComparer.Ordinal),
    ];
}
