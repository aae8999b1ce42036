using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;

namespace Memtrace.Monitoring;

/// <summary>The methods of a live view: what each allocates itself, and with all that it calls.</summary>
public static class LiveMethods
{
    /// <summary>The methods of a profile, the one with most bytes in front. A method that calls itself counts once.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="before">The allocations up to where the present begins, or null.</param>
    /// <param name="seconds">How long the present is.</param>
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
               let lives = live is null ? (Estimate?)null : live.GetValueOrDefault(method.Key).Total
               let rate = LiveRow.Rate(profile, total, earlier?.GetValueOrDefault(method.Key).Total.Bytes, seconds)
               orderby total.Bytes descending, method.Key.Method
               select new LiveRow("", method.Key, total, rate, lives, null, null) { Self = method.Value.Self },
        ];
    }

    /// <summary>A method as a frame that stands for all of its lines.</summary>
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
        var met = new HashSet<Frame>();
        foreach (var (stack, amount) in items)
        {
            met.Clear();
            foreach (var frame in stack?.Frames ?? [])
            {
                ref var method = ref CollectionsMarshal.GetValueRefOrAddDefault(methods, frame, out var known);
                method = known ? method! : MethodOf(frame);
                if (!met.Add(method))
                    continue;
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, method, out _);
                sum = (sum.Total + amount, met.Count == 1 ? sum.Self + amount : sum.Self);
            }
        }

        return sums;
    }
}
