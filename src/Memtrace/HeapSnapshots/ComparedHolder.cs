using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>A step of the retainer tree, in two snapshots.</summary>
/// <param name="step">The step.</param>
/// <param name="parent">The one above, or null.</param>
internal sealed class ComparedHolder(HeapStep step, ComparedHolder? parent)
{
    private readonly Dictionary<string, ComparedHolder> _children = [];
    private readonly HeapAmount?[] _amounts = new HeapAmount?[2];
    private readonly long[] _leftOut = new long[2];
    private ComparedHolder? _parent = parent;
    private ComparedHolder? _takenInBy;

    /// <summary>The step.</summary>
    public HeapStep Step { get; } = step;

    /// <summary>How much it is in the snapshot before; null if it was not there.</summary>
    public HeapAmount? Before => On(ComparedSide.Before);

    /// <summary>How much it is in the snapshot after; null if it is gone.</summary>
    public HeapAmount? After => On(ComparedSide.After);

    /// <summary>The holder that absorbed it, or itself.</summary>
    public ComparedHolder Current => _takenInBy?.Current ?? this;

    /// <summary>What it holds.</summary>
    public IEnumerable<ComparedHolder> Children => _children.Values;

    /// <summary>Whether it holds nothing and is a framework type, such as a string: those are everywhere, so the type alone identifies none of them.</summary>
    public bool IsPlainValue => Step.IsFramework && _children.Count == 0;

    /// <summary>The only child, if it has as many objects and so continues the same line; otherwise null.</summary>
    public ComparedHolder? Only => _children.Count == 1 && _leftOut.Sum() == 0 && Children.Single() is var child && GoesOnIn(child, ComparedSide.Before) && GoesOnIn(child, ComparedSide.After)
        ? child
        : null;

    /// <summary>How much it is in a snapshot, or null.</summary>
    /// <param name="side">The snapshot.</param>
    public HeapAmount? On(ComparedSide side) => _amounts[(int)side];

    /// <summary>Whether only one of the snapshots has it.</summary>
    /// <param name="side">That snapshot.</param>
    public bool IsOnlyOn(ComparedSide side) => On(side) is not null && On(Other(side)) is null;

    /// <summary>What it holds by the name of a step.</summary>
    /// <param name="step">The step.</param>
    public ComparedHolder Child(HeapStep step)
    {
        if (!_children.TryGetValue(step.Name, out var child))
            _children.Add(step.Name, child = new ComparedHolder(step, this));
        return child;
    }

    /// <summary>What is at the end of a path below it, or null.</summary>
    /// <param name="path">The names of the steps.</param>
    public ComparedHolder? Find(ReadOnlySpan<string> path) =>
        path is [var name, .. var rest] ? _children.GetValueOrDefault(name)?.Find(rest) : this;

    /// <summary>The steps from the root to it.</summary>
    public ImmutableArray<HeapStep> Path() => _parent is null ? [] : _parent.Path().Add(Step);

    /// <summary>Adds to how much it is.</summary>
    /// <param name="side">The snapshot.</param>
    /// <param name="amount">How much more.</param>
    public void Count(ComparedSide side, HeapAmount amount) => _amounts[(int)side] = On(side) is { } sum
        ? new HeapAmount(sum.Objects + amount.Objects, sum.Bytes + amount.Bytes, sum.RetainedBytes + amount.RetainedBytes)
        : amount;

    /// <summary>Determines how much of what it holds is too small to be listed.</summary>
    /// <param name="side">The snapshot.</param>
    public void SumUp(ComparedSide side)
    {
        if (On(side) is not { } amount)
            return;
        _leftOut[(int)side] = (amount.RetainedBytes ?? 0) - amount.Bytes - Children.Sum(child => child.On(side)?.RetainedBytes ?? 0);
        foreach (var child in Children)
            child.SumUp(side);
    }

    /// <summary>Whether something that one snapshot lacks may just be too small to be listed there.</summary>
    /// <param name="child">What it holds.</param>
    public bool MayHaveLeftOut(ComparedHolder child) => MayHaveLeftOut(child, ComparedSide.Before) || MayHaveLeftOut(child, ComparedSide.After);

    /// <summary>Everything below it, the holder before what it holds.</summary>
    public IEnumerable<ComparedHolder> Below() => Children.SelectMany(child => child.Below().Prepend(child));

    /// <summary>
    /// Whether it may be the same holder as another one: on the same path, except for steps that were added or removed and roots that share it.
    /// </summary>
    /// <param name="other">The other one, with the same name.</param>
    public bool MayBe(ComparedHolder other)
    {
        var (path, earlier) = (Path(), other.Path());
        if (path[0].Name != earlier[0].Name && !path[0].IsShared && !earlier[0].IsShared)
            return false;
        var (steps, earlierSteps) = (path[1..], earlier[1..]);
        return IsPartOf(steps, earlierSteps) || IsPartOf(earlierSteps, steps);
    }

    /// <summary>Treats another one, with what it held, as the earlier state of this one.</summary>
    /// <param name="other">The other one, which the snapshot after lacks.</param>
    public void TakeIn(ComparedHolder other)
    {
        other._parent?._children.Remove(other.Step.Name);
        Count(ComparedSide.Before, other.Before!);
        _leftOut[(int)ComparedSide.Before] += other._leftOut[(int)ComparedSide.Before];
        foreach (var child in other.Children.ToList())
        {
            if (_children.TryGetValue(child.Step.Name, out var same))
                same.TakeIn(child);
            else
                child.MoveTo(this);
        }

        other._amounts[(int)ComparedSide.Before] = null;
        other._takenInBy = this;
    }

    private static ComparedSide Other(ComparedSide side) => side == ComparedSide.Before ? ComparedSide.After : ComparedSide.Before;

    private bool GoesOnIn(ComparedHolder child, ComparedSide side) =>
        On(side) is null == child.On(side) is null && (Step.IsRoot || On(side) is null || On(side)!.Objects == child.On(side)!.Objects);

    private bool MayHaveLeftOut(ComparedHolder child, ComparedSide side) =>
        On(side) is not null && child.On(side) is null && _leftOut[(int)side] > 0 && _leftOut[(int)side] >= child.On(Other(side))!.RetainedBytes;

    private void MoveTo(ComparedHolder holder)
    {
        _parent = holder;
        holder._children.Add(Step.Name, this);
    }

    /// <summary>Whether a path's steps all occur in another path, in the same order.</summary>
    private static bool IsPartOf(ImmutableArray<HeapStep> steps, ImmutableArray<HeapStep> others)
    {
        var next = 0;
        foreach (var other in others)
        {
            if (next < steps.Length && steps[next].Name == other.Name)
                next++;
        }

        return next == steps.Length;
    }
}
