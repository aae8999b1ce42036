using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;
using Memtrace.Tool.Rendering.Picker;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class PickerTests
{
    private static readonly PickerState Three = new()
    {
        Height = 8,
        Processes = [Usage(71, "Shop.Api", "dotnet Shop.Api.dll --port 80", 900), Usage(7, "Worker", "/app/Worker", 400), Usage(712, "Shop.Jobs", "dotnet Shop.Jobs.dll", 30)],
    };

    [Fact]
    public void Enter_chooses_the_marked_process()
    {
        Assert.Equal((PickerOutcome.Chosen, 71), Outcome(Press(Three, ConsoleKey.Enter)));
        Assert.Equal((PickerOutcome.Chosen, 7), Outcome(Press(Three, ConsoleKey.DownArrow, ConsoleKey.Enter)));
        Assert.Equal((PickerOutcome.Chosen, 712), Outcome(Press(Three, ConsoleKey.PageDown, ConsoleKey.DownArrow, ConsoleKey.Enter)));
        Assert.Equal((PickerOutcome.Chosen, 71), Outcome(Press(Three, ConsoleKey.PageDown, ConsoleKey.PageUp, ConsoleKey.UpArrow, ConsoleKey.Enter)));
        Assert.Equal((PickerOutcome.Chosen, 712), Outcome(Press(Three, ConsoleKey.End, ConsoleKey.Enter)));
        Assert.Equal((PickerOutcome.Chosen, 71), Outcome(Press(Three, ConsoleKey.End, ConsoleKey.Home, ConsoleKey.Enter)));
    }

    [Fact]
    public void The_mark_stays_with_its_process_when_the_order_changes()
    {
        var marked = Press(Three, ConsoleKey.DownArrow);

        Assert.Equal(2, (marked with { Processes = [Three.Processes[2], Three.Processes[0], Three.Processes[1]] }).Index);
        Assert.Equal(0, (marked with { Processes = [Three.Processes[2]] }).Index);
    }

    [Fact]
    public void A_filter_takes_letters_and_escape_removes_it_before_it_cancels()
    {
        var typed = "/shq".Aggregate(Three, (state, letter) => state.Press(new ConsoleKeyInfo(letter, ConsoleKey.None, false, false, false)));
        Assert.Equal(("shq", 0), (typed.Filter, typed.Shown.Length));
        Assert.Equal(PickerOutcome.Open, Press(typed, ConsoleKey.Enter).Outcome);

        var shops = Press(typed, ConsoleKey.Backspace);
        Assert.Equal([71, 712], shops.Shown.Select(usage => usage.Process.Id));
        Assert.Equal((PickerOutcome.Chosen, 712), Outcome(Press(shops, ConsoleKey.DownArrow, ConsoleKey.Enter)));

        var all = Press(shops, ConsoleKey.Escape);
        Assert.Equal((3, PickerOutcome.Open), (all.Shown.Length, all.Outcome));
        Assert.Equal(PickerOutcome.Cancelled, Press(all, ConsoleKey.Escape).Outcome);
    }

    [Fact]
    public void Its_screen_marks_a_line_and_fits()
    {
        var lines = PickerScreen.Render(Press(Three, ConsoleKey.DownArrow), ScreenStyle.Plain);

        Assert.Equal(8, lines.Count);
        Assert.All(lines, line => Assert.InRange(TerminalText.Width(line), 0, 80));
        Assert.Contains(lines, line => line.EndsWith("  dotnet Shop.Api.dll --port 80", StringComparison.Ordinal));
        Assert.StartsWith(">  7  Worker", Assert.Single(lines, line => line.StartsWith('>')), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("  71  Shop.Api ", StringComparison.Ordinal));
        Assert.Equal("arrows enter choose  / filter  esc cancel", lines[^1]);
        Assert.Contains("ps", PickerScreen.Render(new PickerState(), ScreenStyle.Plain)[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(30, 3)]
    [InlineData(200, 60)]
    public void Any_size_has_its_lines_and_none_is_wider(int width, int height)
    {
        var lines = PickerScreen.Render(Three with { Width = width, Height = height }, ScreenStyle.Plain);

        Assert.Equal(height, lines.Count);
        Assert.All(lines, line => Assert.InRange(TerminalText.Width(line), 0, width));
    }

    private static (PickerOutcome Outcome, int Id) Outcome(PickerState state) => (state.Outcome, state.Marked);

    private static PickerState Press(PickerState state, params ConsoleKey[] keys) =>
        keys.Aggregate(state, (before, key) => before.Press(new ConsoleKeyInfo('\0', key, false, false, false)));

    private static ProcessUsage Usage(int id, string name, string commandLine, long megabytes) => new(
        new DotnetProcess(id, name, commandLine, "app", null, null),
        new ProcessMemory(megabytes << 20, megabytes << 20) { CpuTimeMs = 0, Threads = 12 },
        1.5,
        3600);
}
