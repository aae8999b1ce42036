using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>
/// Compares what holds what in two snapshots, step by step: where branches begin and end depends on the amounts, so a branch of one snapshot may be several of
/// the other.
/// </summary>
internal sealed class RetainerComparer
{
    private readonly ComparedHolder _top = new(new HeapStep("", null, 0, 0), parent: null);
    private readonly ImmutableArray<ComparedSuspect> _suspects;

    /// <summary>Compares two snapshots.</summary>
    /// <param name="before">The snapshot before.</param>
    /// <param name="after">The snapshot after.</param>
    public RetainerComparer(HeapProfile before, HeapProfile after)
    {
        Add(before, ComparedSide.Before);
        Add(after, ComparedSide.After);
        _suspects = [.. Suspects(before, ComparedSide.Before), .. Suspects(after, ComparedSide.After)];
        AlignMoved();
    }

    /// <summary>What changed, by what holds it. A step that holds the next one only shares a line with it.</summary>
    public IEnumerable<HeapChange> Retainers() => Changes(_top, []);

    /// <summary>What changed where memory accumulates in at least one of the snapshots.</summary>
    public IEnumerable<HeapChange> Suspects() => _suspects.Where(suspect => suspect.Holder is not null).Select(suspect => suspect.Holder!.Current).Distinct().Select(Change)
        .Concat(_suspects.Where(suspect => suspect.Holder is null).GroupBy(suspect => string.Join('\0', PathOf(suspect.Suspect))).Select(Change));

    private static HeapChange Change(ComparedHolder holder) => new([.. holder.Path().Select(step => step.Name)], Gathered(holder.Before), Gathered(holder.After));

    // No root holds them alone, so they are at no place of the tree.
    private static HeapChange Change(IGrouping<string, ComparedSuspect> suspects) =>
        new(PathOf(suspects.First().Suspect), AmountOn(suspects, ComparedSide.Before), AmountOn(suspects, ComparedSide.After));

    private static HeapAmount? AmountOn(IEnumerable<ComparedSuspect> suspects, ComparedSide side) => suspects.Where(suspect => suspect.Side == side).ToList() is { Count: > 0 } found
        ? new HeapAmount(found.Sum(item => item.Suspect.Objects), found.Sum(item => item.Suspect.RetainedBytes), found.Sum(item => item.Suspect.RetainedBytes))
        : null;

    /// <summary>For what accumulates, the retained size is what matters.</summary>
    private static HeapAmount? Gathered(HeapAmount? amount) => amount is { RetainedBytes: { } retained } ? amount with { Bytes = retained } : amount;

    private static ImmutableArray<string> PathOf(HeapSuspect suspect) => [.. suspect.Path.Select(step => step.Name), suspect.Type];

    private IEnumerable<ComparedSuspect> Suspects(HeapProfile profile, ComparedSide side) =>
        profile.Suspects.Select(suspect => new ComparedSuspect(suspect, side, _top.Find(PathOf(suspect).AsSpan())));

    private void Add(HeapProfile profile, ComparedSide side)
    {
        _top.Count(side, new HeapAmount(0, 0, profile.Bytes - profile.UnheldBytes));
        foreach (var retainer in profile.Retainers)
            Add(_top, retainer, side);
        _top.SumUp(side);
    }

    private static void Add(ComparedHolder holder, HeapRetainer retainer, ComparedSide side)
    {
        var retained = retainer.RetainedBytes;
        foreach (var step in retainer.Path)
        {
            holder = holder.Child(step);
            holder.Count(side, new HeapAmount(step.Objects + step.Parts, step.Bytes, retained));
            retained -= step.Bytes;
        }

        foreach (var child in retainer.Children)
            Add(holder, child, side);
    }

    // If another root now holds something as well, it moves below the node that the two share, but it is still the same holder.
    private void AlignMoved()
    {
        var added = _top.Below().Where(holder => holder.IsOnlyOn(ComparedSide.After)).ToLookup(holder => holder.Step.Name);
        var gone = _top.Below().Where(holder => holder.IsOnlyOn(ComparedSide.Before) && !holder.IsPlainValue).OrderByDescending(holder => holder.Before!.RetainedBytes).ToList();
        foreach (var holder in gone.Where(holder => holder.IsOnlyOn(ComparedSide.Before)))
        {
            var match = added[holder.Step.Name]
                .Where(other => other.IsOnlyOn(ComparedSide.After) && other.MayBe(holder))
                .MinBy(other => Math.Abs((other.After!.RetainedBytes - holder.Before!.RetainedBytes) ?? 0));
            match?.TakeIn(holder);
        }
    }

    private static IEnumerable<HeapChange> Changes(ComparedHolder holder, ImmutableArray<string> above)
    {
        foreach (var child in holder.Children.Where(child => !holder.MayHaveLeftOut(child)))
        {
            var line = Line(child).ToList();
            var path = above.AddRange(line.Select(step => step.Step.Name));
            if (!line[^1].Step.IsShared)
                yield return new HeapChange(path, Sum(line, ComparedSide.Before), Sum(line, ComparedSide.After));
            foreach (var change in Changes(line[^1], path))
                yield return change;
        }
    }

    private static IEnumerable<ComparedHolder> Line(ComparedHolder first)
    {
        var last = first;
        yield return last;
        while (last.Only is { } next)
            yield return last = next;
    }

    private static HeapAmount? Sum(List<ComparedHolder> line, ComparedSide side) => line[0].On(side) is { RetainedBytes: var retained }
        ? new HeapAmount(line.Sum(step => step.On(side)!.Objects), line.Sum(step => step.On(side)!.Bytes), retained)
        : null;
}

/// <summary>A suspect of one of two snapshots.</summary>
/// <param name="Suspect">The suspect.</param>
/// <param name="Side">The snapshot.</param>
/// <param name="Holder">Where it is in what holds what; null if no root holds it alone.</param>
internal sealed record ComparedSuspect(HeapSuspect Suspect, ComparedSide Side, ComparedHolder? Holder);

/// <summary>One of two snapshots that are compared.</summary>
internal enum ComparedSide
{
    /// <summary>The one before.</summary>
    Before,

    /// <summary>The one after.</summary>
    After,
}
