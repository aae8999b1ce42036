using System.Text;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Tests.Monitor;

public sealed class AlternateScreenTests : IDisposable
{
    private readonly MemoryStream _terminal = new();
    private readonly AlternateScreen _screen;

    public AlternateScreenTests() => _screen = new AlternateScreen(_terminal);

    public void Dispose()
    {
        _screen.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public void Only_changed_lines_are_written_each_in_its_place()
    {
        _screen.Show(["one", "two", "three"]);
        Written();

        _screen.Show(["one", "2", "three"]);

        Assert.Equal("\e[?2026h\e[2;1H\e[K2\e[?2026l", Written());
    }

    [Fact]
    public void What_has_not_changed_costs_nothing()
    {
        _screen.Show(["one", "two"]);
        Written();

        _screen.Show(["one", "two"]);

        Assert.Equal("", Written());
    }

    [Fact]
    public void Nothing_ever_scrolls()
    {
        _screen.Show([.. Enumerable.Range(0, 100).Select(number => $"line {number}")]);

        Assert.DoesNotContain('\n', Written());
    }

    [Fact]
    public void A_resized_terminal_is_redrawn()
    {
        _screen.Show(["one", "two"]);
        _screen.Invalidate();
        Written();

        _screen.Show(["one"]);

        Assert.Equal("\e[?2026h\e[2J\e[1;1H\e[Kone\e[?2026l", Written());
    }

    [Fact]
    public void Quitting_restores_cursor_wrapping_keypad_and_the_first_screen()
    {
        Assert.Contains("\e[?1049h", Written(), StringComparison.Ordinal);

        _screen.Dispose();

        var left = Written();
        Assert.All(["\e[?25h", "\e[?7h", "\e[?1l\e>", "\e[?1049l"], sequence => Assert.Contains(sequence, left, StringComparison.Ordinal));
        _screen.Show(["too late"]);
        Assert.Equal("", Written());
    }

    private string Written()
    {
        var text = Encoding.UTF8.GetString(_terminal.ToArray());
        _terminal.SetLength(0);
        return text;
    }
}
