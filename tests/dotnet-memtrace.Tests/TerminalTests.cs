namespace Memtrace.Tool.Tests;

/// <summary>The terminal of the tests itself.</summary>
[Slow]
[Requires(Requirement.Tmux)]
public sealed class TerminalTests
{
    [Fact]
    public async Task Typed_text_is_not_taken_for_output_when_a_line_wraps()
    {
        using var terminal = await Terminal.OpenAsync();
        await terminal.NoteSettingsAsync();
        const string Slow = "sleep 1; : ";
        var lastWord = Terminal.AfterIt[(Terminal.AfterIt.LastIndexOf(' ') + 1)..];
        var toTheEdge = new string('x', 160 - $"$ {Slow}; {Terminal.AfterIt}".Length + lastWord.Length);

        await terminal.TypeAsync($"{Slow}{toTheEdge}; {Terminal.AfterIt}");

        await terminal.ShowsAsync($"^{lastWord}$");
        await terminal.EndsAsync("\nexit code 0.\n");
    }
}
