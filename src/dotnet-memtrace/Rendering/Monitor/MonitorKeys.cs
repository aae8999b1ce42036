using Memtrace.HeapSnapshots;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>Handles the keys of a live view.</summary>
internal static class MonitorKeys
{
    private const string NoLive = "Live objects are not recorded. Start monitor with --live.";
    private const string NoHeap = "No heap snapshot yet. H takes one.";
    private const string HeapPending = "A heap snapshot is being taken.";
    private const string NoGrowth = "Growth is available for types and call sites (t), not for methods.";

    /// <summary>The state after a key.</summary>
    public static MonitorState Press(MonitorState state, ConsoleKeyInfo key)
    {
        state = state with { Message = null };
        return state.Prompt switch
        {
            MonitorPrompt.Filter => TypeFilter(state, key),
            MonitorPrompt.Collect => Answer(state, key, confirmed => confirmed with { Action = MonitorAction.Collect, Message = "Collecting..." }),
            MonitorPrompt.HeapSnapshot => Answer(state, key, TakeHeap),
            _ => Move(state, key) ?? Command(state, key),
        };
    }

    // The list is filtered while typing.
    private static MonitorState TypeFilter(MonitorState state, ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.Enter => (state with { Prompt = MonitorPrompt.None, Filter = state.Input }).Arrange(),
        ConsoleKey.Escape => (state with { Prompt = MonitorPrompt.None }).Arrange(),
        ConsoleKey.Backspace when state.Input.Length > 0 => (state with { Input = state.Input[..^1], Selected = 0 }).Arrange(),
        ConsoleKey.U when key.Modifiers == ConsoleModifiers.Control => (state with { Input = "", Selected = 0 }).Arrange(),
        ConsoleKey.W when key.Modifiers == ConsoleModifiers.Control => (state with { Input = WithoutLastWord(state.Input), Selected = 0 }).Arrange(),
        _ when !char.IsControl(key.KeyChar) => (state with { Input = state.Input + key.KeyChar, Selected = 0 }).Arrange(),
        _ => state,
    };

    // Like Ctrl+W in a shell: trailing blanks, then the word before them.
    private static string WithoutLastWord(string text)
    {
        var trimmed = text.TrimEnd(' ');
        return trimmed[..(trimmed.LastIndexOf(' ') + 1)];
    }

    private static MonitorState Answer(MonitorState state, ConsoleKeyInfo key, Func<MonitorState, MonitorState> confirm)
    {
        var answered = state with { Prompt = MonitorPrompt.None };
        return key.KeyChar is 'y' or 'Y' ? confirm(answered) : answered with { Message = "Canceled." };
    }

    private static MonitorState TakeHeap(MonitorState state) => state with
    {
        Action = MonitorAction.TakeHeapSnapshot,
        Heap = state.Heap with { Progress = "Connecting", Failure = null },
        Page = MonitorPage.Heap,
        Opened = null,
        Scroll = 0,
    };

    private static MonitorState AskForHeap(MonitorState state)
    {
        if (state.Heap.Progress is not null)
            return state with { Message = HeapPending };
        return state.HeapCost.Obstacle(HeapContent.Graph) is { } obstacle ? state with { Message = FailureText.Of(obstacle) } : state with { Prompt = MonitorPrompt.HeapSnapshot };
    }

    /// <summary>The state after a navigation key; null for any other key.</summary>
    private static MonitorState? Move(MonitorState state, ConsoleKeyInfo key)
    {
        var page = Math.Max(1, MonitorScreen.BodyHeight(state) - 1);
        int? steps = key.Key switch
        {
            ConsoleKey.UpArrow => -1,
            ConsoleKey.DownArrow => 1,
            ConsoleKey.PageUp => -page,
            ConsoleKey.PageDown => page,
            ConsoleKey.Home => int.MinValue / 2,
            ConsoleKey.End => int.MaxValue / 2,
            _ => null,
        };
        return steps is { } by ? MoveBy(state, by) : null;
    }

    private static MonitorState MoveBy(MonitorState state, int steps) => state.Page == MonitorPage.List
        ? state with { Selected = Math.Clamp(state.Selected + steps, 0, Math.Max(0, state.Rows.Length - 1)) }
        : state with { Scroll = Math.Clamp(state.Scroll + steps, 0, MonitorScreen.LastScroll(state)) };

    private static MonitorState Command(MonitorState state, ConsoleKeyInfo key) => (key.Key, key.KeyChar) switch
    {
        (ConsoleKey.Enter, _) => Open(state),
        (ConsoleKey.Escape, _) => Close(state),
        (_, 'a') => Sort(state, MonitorOrder.Allocated),
        (_, 'r') => Sort(state, MonitorOrder.Rate),
        (_, 'l') => state.HasLive ? Sort(state, MonitorOrder.Live) : state with { Message = NoLive },
        (_, 'g') when state.List == MonitorList.Methods => state with { Message = NoGrowth },
        (_, 'g') => state.HasLive ? Sort(state, MonitorOrder.Growth) : state with { Message = NoLive },
        (_, 'o') => Sort(Show(state, MonitorList.Methods), MonitorOrder.Self),
        (_, 't') => Show(state, state.List == MonitorList.Types ? MonitorList.Sites : MonitorList.Types),
        (_, 'm') => Show(state, MonitorList.Methods),
        (_, '/') or (ConsoleKey.F4, _) => state with { Prompt = MonitorPrompt.Filter, Input = state.Filter, Page = MonitorPage.List, Opened = null, Scroll = 0 },
        (_, 'w') => Toggle(state, MonitorPage.Breakdown) is { Page: MonitorPage.Breakdown } shown ? shown with { Action = MonitorAction.TakeSnapshot, IsTakingSnapshot = true } : Toggle(state, MonitorPage.Breakdown),
        (_, 'c') => Toggle(state, MonitorPage.Collections),
        (_, '?' or 'h') or (ConsoleKey.F1, _) => Toggle(state, MonitorPage.Help),
        (_, 'p' or ' ') => state.Pause(),
        (_, 's') => state with { Action = MonitorAction.Save, Message = "Saving..." },
        (_, 'G') when state.Ended is null => state with { Prompt = MonitorPrompt.Collect },
        (_, 'H') when state is { Ended: null, Update: not null } => AskForHeap(state),
        (_, 'v') => state.Heap == MonitorHeap.None ? state with { Message = NoHeap } : Toggle(state, MonitorPage.Heap),
        (_, 'q' or 'Q') or (ConsoleKey.F10, _) => state with { Action = MonitorAction.Quit },
        _ => state,
    };

    private static MonitorState Sort(MonitorState state, MonitorOrder order) => (state with { Order = order, Page = MonitorPage.List, Selected = 0 }).Arrange();

    // If the other list cannot be sorted this way, it is sorted by allocation.
    private static MonitorState Show(MonitorState state, MonitorList list)
    {
        var isOrdered = list == MonitorList.Methods ? state.Order != MonitorOrder.Growth : state.Order != MonitorOrder.Self;
        var order = isOrdered ? state.Order : MonitorOrder.Allocated;
        return (state with { List = list, Order = order, Page = MonitorPage.List, Selected = 0, Rows = [], Opened = null }).Arrange();
    }

    private static MonitorState Toggle(MonitorState state, MonitorPage page) =>
        state with { Page = state.Page == page ? MonitorPage.List : page, Scroll = 0, Opened = null };

    private static MonitorState Open(MonitorState state) => state.Page == MonitorPage.List && state.Selected < state.Rows.Length
        ? state with { Page = MonitorPage.Stacks, Opened = state.Rows[state.Selected], Scroll = 0 }
        : state;

    // Closes what is open; if nothing is, removes the filter.
    private static MonitorState Close(MonitorState state) => state.Page == MonitorPage.List
        ? (state with { Filter = "" }).Arrange()
        : state with { Page = MonitorPage.List, Opened = null, Scroll = 0 };
}
