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

    /// <summary>Stacks were folded.</summary>
    public void Fold(AllocationFolding folding)
    {
        var old = _counts.ToArray();
        _counts.Clear();
        foreach (var (stack, count) in old)
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, folding.Of(stack), out _) += count;
    }

    /// <summary>The requests by call site, most frequent first.</summary>
    public ImmutableArray<CollectionRequest> Requests(SymbolResolver symbols) =>
    [
        .. _counts.GroupBy(item => Request(symbols.Stack(item.Key)), (request, items) => request with { Count = items.Sum(item => item.Value) })
            .OrderByDescending(request => request.Count).ThenBy(request => request.Site?.Method, StringComparer.Ordinal),
    ];

    private static CollectionRequest Request(CallStack? stack)
    {
        var direct = stack?.Frames.FirstOrDefault(frame => !IsEntry(frame)) ?? stack?.Frame;
        var user = direct is { Origin: FrameOrigin.User } ? null : stack?.Frames.FirstOrDefault(frame => frame.Origin == FrameOrigin.User);
        return new CollectionRequest(direct, 0) { UserCode = user };
    }

    /// <summary>GC.Collect, GC.AddMemoryPressure and what they call.</summary>
    private static bool IsEntry(Frame frame) => frame.Method.StartsWith("System.GC.", StringComparison.Ordinal);
}
