using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.HeapSnapshots;

/// <summary>
/// Finds where memory accumulates: going down from the roots to what retains much, the place where few objects hold many of one type, or where nothing below
/// retains much.
/// </summary>
/// <param name="heapBytes">The size of all objects, in bytes.</param>
/// <param name="pathsTo">By type, the best path to its objects that no single root holds. To find those of several types takes no longer than those of one.</param>
internal sealed class SuspectFinder(long heapBytes, Func<IReadOnlySet<string>, IReadOnlyDictionary<string, ImmutableArray<HeapStep>>> pathsTo)
{
    private const int Most = 10;

    /// <summary>Anything that retains a smaller share of the heap is not a suspect.</summary>
    private const double LeastShare = 0.05;

    /// <summary>Less than this does not matter in any heap, in bytes.</summary>
    private const long LeastBytes = 1 << 20;

    /// <summary>Fewer objects than this are not many.</summary>
    private const int Many = 100;

    /// <summary>Many objects are at least this many times as many as their holders.</summary>
    private const int ManyTimes = 10;

    /// <summary>Paths of more steps are shortened.</summary>
    private const int LongPath = 8;

    /// <summary>Of a long path, so many holders next to the objects are shown in any case.</summary>
    private const int NextToObjects = 3;

    private readonly List<AccumulationPoint> _found = [];
    private readonly long _least = Math.Max(LeastBytes, (long)(LeastShare * heapBytes));

    /// <summary>The suspects, largest retained size first.</summary>
    /// <param name="retainers">What roots hold.</param>
    public ImmutableArray<HeapSuspect> Find(ImmutableArray<HeapRetainer> retainers)
    {
        foreach (var retainer in retainers)
            GoDown(retainer, [], 1);
        var largest = _found.OrderByDescending(found => found.Retainer.RetainedBytes).Take(Most).ToList();
        var paths = pathsTo(largest.Where(found => found.IsShared).Select(found => found.Subject.Name).ToHashSet());
        return [.. largest.Select(found => Suspect(found, found.IsShared ? paths.GetValueOrDefault(found.Subject.Name, []) : found.Holders))];
    }

    private void GoDown(HeapRetainer retainer, ImmutableArray<HeapStep> above, long holders)
    {
        if (retainer.RetainedBytes < _least)
            return;
        var last = retainer.Path[^1];
        var heavy = retainer.Children.Where(child => child.RetainedBytes >= _least).ToList();
        var spread = retainer.RetainedBytes - heavy.Sum(child => child.RetainedBytes);
        var isMixed = IsMixed(retainer, heavy);
        if (!last.IsRoot && !isMixed && (IsMany(last.Objects, holders) || spread >= Math.Max(_least, retainer.RetainedBytes / 2)))
        {
            _found.Add(AccumulationPoint.Of(retainer, above));
            return;
        }

        foreach (var child in heavy)
            GoDown(child, above.AddRange(retainer.Path), isMixed ? holders : Math.Max(1, last.Objects));
    }

    /// <summary>Whether framework objects, such as timers, hold several kinds of objects, each of which retains much: then it is those that accumulate.</summary>
    private static bool IsMixed(HeapRetainer retainer, List<HeapRetainer> heavy) => retainer.Path[^1].IsFramework
        && heavy.Count > 1
        && heavy.Sum(child => child.RetainedBytes) * 2 >= retainer.RetainedBytes
        && heavy.TrueForAll(child => child.RetainedBytes * 2 < retainer.RetainedBytes);

    private static bool IsMany(long objects, long holders) => objects >= Many && objects / ManyTimes >= holders;

    private HeapSuspect Suspect(AccumulationPoint found, ImmutableArray<HeapStep> path)
    {
        var (_, subject, retainer) = found;
        var share = Percent.Share(retainer.RetainedBytes, heapBytes);
        return new HeapSuspect(
            Title(subject, retainer.RetainedBytes, share, path, found.IsShared) + Origin(subject, retainer),
            Advice(path, subject),
            subject.Name,
            subject.Objects,
            retainer.RetainedBytes,
            share,
            path)
        {
            AllocatedAt = retainer.AllocatedAt,
            GrowthBytesPerSecond = retainer.GrowthBytesPerSecond,
        };
    }

    private static string Title(HeapStep subject, long retained, double share, ImmutableArray<HeapStep> path, bool isShared)
    {
        var amount = $"{ByteSize.Format(retained)} with what {(subject.Objects == 1 ? "it holds" : "they hold")}, {Percent.Format(share)} of the heap";
        var several = isShared ? "several roots, such as " : "";
        var holders = IsInterned(path, subject) ? "the runtime's table of interned strings" : several + Holders(path, subject);
        return $"{Count.Format(subject.Objects)} {subject.Name} ({amount}) {(subject.Objects == 1 ? "is" : "are")} held by {holders}.";
    }

    /// <summary>The holders; of a long path without framework types in the middle, but for those next to the objects.</summary>
    private static string Holders(ImmutableArray<HeapStep> path, HeapStep subject) => string.Join(" -> ", path.Select((step, i) => IsTelling(path, i)
        ? Holder(step, i + 1 < path.Length ? path[i + 1] : subject)
        : IsTelling(path, i - 1) ? "..." : null).OfType<string>());

    private static bool IsTelling(ImmutableArray<HeapStep> path, int i) =>
        path.Length <= LongPath || i == 0 || i >= path.Length - NextToObjects || path[i] is { IsFramework: false } or { IsEvent: true };

    /// <summary>Whether the runtime itself holds many strings. In the same arrays, it holds fields of generic classes, but a field holds one string.</summary>
    private static bool IsInterned(ImmutableArray<HeapStep> path, HeapStep subject) => subject is { Name: "System.String", Objects: >= Many }
        && path is [{ Root: HeapRootKind.Handle or HeapRootKind.PinnedHandle }, { Name: "System.Object[]" }];

    /// <summary>A holder with its field that refers to the next step: <c>Order.Customer</c>.</summary>
    private static string Holder(HeapStep step, HeapStep next) =>
        HeapStep.WithField(step.IsRoot ? Root(step) : OpenTypeName.ShortOf(step.Name), next.Field);

    private static string Root(HeapStep step) => step switch
    {
        { IsShared: true } or { RootName: not null } => step.Name,
        { Root: HeapRootKind.Finalizer } => $"the {step.Name}",
        { Root: HeapRootKind.Other } => "another root",
        _ => $"a {step.Name}",
    };

    /// <summary>Where the objects were allocated, or if none was sampled, where most of what they hold was; and how fast it all grows.</summary>
    private static string Origin(HeapStep subject, HeapRetainer retainer)
    {
        var name = ReadableNames.WithoutNamespaces(subject.Name);
        var sites = retainer.AllocatedAt ?? [];
        var own = sites.FirstOrDefault(site => ReadableNames.WithoutNamespaces(site.Type) == name);
        if ((own ?? sites.FirstOrDefault())?.Site is not { } place)
            return "";
        var growth = retainer.GrowthBytesPerSecond is { } rate ? $"; with what they hold, they grow by {ByteSize.FormatRate(rate)}" : "";
        return $" {(own is null ? $"{sites[0].Type} among them is" : "They are")} allocated in {place.Place}{growth}.";
    }

    /// <summary>The advice for the holder nearest to the objects.</summary>
    private static string Advice(ImmutableArray<HeapStep> path, HeapStep subject)
    {
        var known = IsInterned(path, subject) ? TypeAdvice.Interned : TypeAdvice.Of(path) ?? TypeAdvice.Of(subject.Name);
        return known is not null
            ? $"{known.Meaning} {known.Cure}"
            : "Find the code that adds to this holder, and remove what is no longer needed.";
    }

    /// <summary>Eclipse MAT's accumulation point: where memory gathers.</summary>
    /// <param name="Holders">What holds it in the tree of retainers.</param>
    /// <param name="Subject">What accumulates.</param>
    /// <param name="Retainer">The branch of the tree.</param>
    private sealed record AccumulationPoint(ImmutableArray<HeapStep> Holders, HeapStep Subject, HeapRetainer Retainer)
    {
        /// <summary>Whether no single root holds it.</summary>
        public bool IsShared => Holders is [{ IsShared: true }, ..];

        /// <summary>What accumulates, and what holds it: if those are framework objects, the program's own objects that they hold are more telling.</summary>
        public static AccumulationPoint Of(HeapRetainer retainer, ImmutableArray<HeapStep> above)
        {
            var steps = above.AddRange(retainer.Path);
            var first = above.Length + retainer.Path.TakeWhile(step => step.IsRoot).Count();
            for (var next = retainer; Heaviest(next) is { } child && next.Path[^1].IsFramework; next = child)
                steps = steps.AddRange(child.Path);
            var own = steps.Index().Skip(first).FirstOrDefault(step => !step.Item.IsFramework && step.Item.Objects * 2 >= steps[first].Objects);
            var index = own.Item is not null ? own.Index : IsMany(steps[first].Objects, 1) ? first : Largest(steps, first);
            return new AccumulationPoint(steps[..index], steps[index], retainer);
        }

        private static int Largest(ImmutableArray<HeapStep> steps, int first) => steps.Index().Skip(first).MaxBy(step => step.Item.Bytes).Index;

        /// <summary>What most of a branch's bytes are below, and of about as many objects.</summary>
        private static HeapRetainer? Heaviest(HeapRetainer retainer) =>
            retainer.Children is [var heaviest, ..] && heaviest.RetainedBytes * 2 >= retainer.RetainedBytes && heaviest.Path[0].Objects * 2 >= retainer.Path[^1].Objects ? heaviest : null;
    }
}
