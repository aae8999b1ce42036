using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;

namespace Memtrace.Monitoring;

/// <summary>The methods of a live view: what each allocates itself, and including everything it calls.</summary>
internal static class LiveMethods
{
    /// <summary>The methods of a profile, those with most bytes first. A recursive method counts once.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="before">The allocations up to the start of the rate window, or null.</param>
    /// <param name="seconds">The length of the rate window.</param>
    public static ImmutableArray<LiveRow> Rows(MemoryProfile profile, AllocationProfile? before, double seconds)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var methods = Sum(profile.Allocations.Stacks.Select(item => (item.Stack, item.Allocated)));
        var earlier = before is null ? null : Sum(before.Stacks.Select(item => (item.Stack, item.Allocated)));
        var live = profile.Live is { } known ? Sum(known.End.Stacks.Select(item => (item.Stack, item.Live))) : null;
        return
        [
            .. from method in methods
               let total = method.Value.Total
               let alive = live is null ? (Estimate?)null : live.GetValueOrDefault(method.Key).Total
               let rate = LiveRow.Rate(profile, total, earlier?.GetValueOrDefault(method.Key).Total.Bytes, seconds)
               orderby total.Bytes descending, method.Key.Method
               select new LiveRow("", method.Key, total, rate, alive, null, null) { Self = method.Value.Self },
        ];
    }

    /// <summary>A frame that represents a method, without its line.</summary>
    /// <param name="frame">A frame in it.</param>
    public static Frame MethodOf(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return frame with { File = null, Line = null };
    }

    private static Dictionary<Frame, (Estimate Total, Estimate Self)> Sum(IEnumerable<(CallStack? Stack, Estimate Amount)> items)
    {
        var methods = new Dictionary<Frame, Frame>(ReferenceEqualityComparer.Instance);
        var sums = new Dictionary<Frame, (Estimate Total, Estimate Self)>();
        var seen = new HashSet<Frame>();
        foreach (var (stack, amount) in items)
        {
            seen.Clear();
            foreach (var frame in stack?.Frames ?? [])
            {
                ref var method = ref CollectionsMarshal.GetValueRefOrAddDefault(methods, frame, out var known);
                method = known ? method! : MethodOf(frame);
                if (!seen.Add(method))
                    continue;
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, method, out _);
                sum = (sum.Total + amount, seen.Count == 1 ? sum.Self + amount : sum.Self);
            }
        }

        return sums;
    }
}
