using System.Collections.Immutable;
using Memtrace.Analysis.Allocations;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>The stacks of a row: for a type or call site, the allocating methods and their callers; for a method, its callers and callees.</summary>
/// <param name="page">The destination.</param>
/// <param name="state">The state to show.</param>
internal sealed class MonitorStacksSection(ReportPage page, MonitorState state)
{
    private const int MaxLines = 200;
    private const double MinShare = 0.005;

    private readonly CallTreeValue _value = state.Update?.Profile.Live is not null && state.Order is MonitorOrder.Live or MonitorOrder.Growth ? CallTreeValue.Live : CallTreeValue.Allocated;

    /// <summary>Writes the stacks.</summary>
    /// <param name="row">The row.</param>
    public void Write(LiveRow row)
    {
        if (row.Self is not null && row.Site is { } method)
        {
            WriteTree("Callers", Name(method, "Callers"), CallTreeDirection.Callers, stack => From(stack, method));
            WriteTree("Callees", "", CallTreeDirection.Callees, stack => UpTo(stack, method));
            return;
        }

        var title = _value == CallTreeValue.Live ? "Who allocated live objects" : "Who allocates";
        WriteTree(title, page.Names.Type(TerminalText.Clean(row.Type), page.Width - title.Length - 2), CallTreeDirection.Callers, stack => stack, row);
    }

    private void WriteTree(string title, string remark, CallTreeDirection direction, Func<CallStack, CallStack?> part, LiveRow? only = null)
    {
        page.Section(title, remark);
        if (only?.Site is { } site)
            page.Line(new TextRun("  at " + page.Names.Method(TerminalText.Clean(site.Method), page.Width - 5), Theme.Quiet));
        var profile = Parts(state.Filtered!, part, only);
        var root = CallTree.Build(ProfileStacks.Of(profile, _value), direction);
        var rows = CallTreeRows.Heaviest(root, MinShare, MaxLines, direction == CallTreeDirection.Callers ? CallTreeFolding.Callers : CallTreeFolding.Callees);
        if (rows.IsEmpty)
            page.Line(new TextRun("  No stacks.", Theme.Quiet));
        else
            TextTable.Write(page, CallTreeTable.Of(profile.Allocations.Sampling, rows, direction));
    }

    private string Name(Frame method, string title) => page.Names.Method(TerminalText.Clean(method.Method), page.Width - title.Length - 2);

    /// <summary>The profile reduced to parts of its stacks.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="part">Selects the part of a stack to keep; null to drop it.</param>
    /// <param name="only">The type and call site to keep; null for all.</param>
    private static MemoryProfile Parts(MemoryProfile profile, Func<CallStack, CallStack?> part, LiveRow? only)
    {
        var allocations = profile.Allocations with { Stacks = [.. Chosen(profile.Allocations.Stacks, item => item.Type, item => item.Stack, (item, stack) => item with { Stack = stack })] };
        var live = profile.Live is { } known
            ? known with { End = known.End with { Stacks = [.. Chosen(known.End.Stacks, item => item.Type, item => item.Stack, (item, stack) => item with { Stack = stack })] } }
            : null;
        return profile with { Allocations = allocations, Live = live };

        IEnumerable<TItem> Chosen<TItem>(ImmutableArray<TItem> items, Func<TItem, string> typeOf, Func<TItem, CallStack?> stackOf, Func<TItem, CallStack?, TItem> with) =>
            from item in items
            let stack = stackOf(item)
            where only is null || (only.Type == typeOf(item) && (only.Site is null || only.Site == stack?.Site))
            let kept = stack is null ? null : part(stack)
            where kept is not null || (only is not null && stack is null)
            select with(item, kept);
    }

    // The innermost call of the method, with its callers.
    private static CallStack? From(CallStack stack, Frame method)
    {
        var at = stack;
        while (at is not null && LiveMethods.MethodOf(at.Frame) != method)
            at = at.Caller;
        return at;
    }

    // The outermost call of the method, and its callees. Equal parts of different stacks are different objects, which the tree accepts.
    private static CallStack? UpTo(CallStack stack, Frame method)
    {
        var below = stack.Frames.ToList();
        var last = below.FindLastIndex(frame => LiveMethods.MethodOf(frame) == method);
        return last < 0 ? null : below.Take(last + 1).Reverse().Aggregate((CallStack?)null, (caller, frame) => new CallStack(frame, caller));
    }
}
