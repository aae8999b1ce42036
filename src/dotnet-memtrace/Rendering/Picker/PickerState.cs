using System.Collections.Immutable;

namespace Memtrace.Tool.Rendering.Picker;

/// <summary>The state of a choice.</summary>
internal enum PickerOutcome
{
    /// <summary>Nothing is chosen yet.</summary>
    Open,

    /// <summary>The marked process is chosen.</summary>
    Chosen,

    /// <summary>Nothing is to be chosen.</summary>
    Cancelled,
}

/// <summary>A list of processes to choose from. Immutable.</summary>
internal sealed record PickerState
{
    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Rows of the terminal.</summary>
    public int Height { get; init; } = 24;

    /// <summary>The processes that can be attached to, as <c>ps</c> orders them.</summary>
    public ImmutableArray<ProcessUsage> Processes { get; init; } = [];

    /// <summary>A part of a name or command line, or of an id; empty for all.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Whether letters go to the filter.</summary>
    public bool IsTyping { get; init; }

    /// <summary>The id of the marked process; 0 for the first one.</summary>
    public int Marked { get; init; }

    /// <summary>The state of the choice.</summary>
    public PickerOutcome Outcome { get; init; }

    /// <summary>The processes that the filter leaves.</summary>
    public ImmutableArray<ProcessUsage> Shown =>
        [.. Processes.Where(usage => $"{usage.Process.Id} {usage.Process.Name} {usage.Process.CommandLine}".Contains(Filter, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The place of the marked process; 0 if it is gone.</summary>
    public int Index => Math.Max(0, Shown.Select(usage => usage.Process.Id).ToList().IndexOf(Marked));

    /// <summary>The state after a key.</summary>
    public PickerState Press(ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.UpArrow => Move(-1),
        ConsoleKey.DownArrow => Move(1),
        ConsoleKey.PageUp => Move(3 - Height),
        ConsoleKey.PageDown => Move(Height - 3),
        ConsoleKey.Home => Move(-Processes.Length),
        ConsoleKey.End => Move(Processes.Length),
        ConsoleKey.Enter => Shown.IsEmpty ? this : this with { Outcome = PickerOutcome.Chosen, Marked = Shown[Index].Process.Id },
        ConsoleKey.Escape => IsTyping || Filter.Length > 0 ? this with { IsTyping = false, Filter = "" } : this with { Outcome = PickerOutcome.Cancelled },
        ConsoleKey.Backspace when IsTyping => this with { Filter = Filter.Length > 0 ? Filter[..^1] : "" },
        _ when IsTyping && !char.IsControl(key.KeyChar) => this with { Filter = Filter + key.KeyChar },
        _ => key.KeyChar switch
        {
            '/' => this with { IsTyping = true },
            'q' => this with { Outcome = PickerOutcome.Cancelled },
            _ => this,
        },
    };

    private PickerState Move(int steps) =>
        Shown is { IsEmpty: false } shown ? this with { Marked = shown[Math.Clamp(Index + steps, 0, shown.Length - 1)].Process.Id } : this;
}
