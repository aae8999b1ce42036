using System.Text;
using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class OutputTailTests
{
    [Fact]
    public async Task Few_lines_are_kept_whole() => Assert.Equal("Unhandled exception.\n   at Program", await TailOf("Unhandled exception.\n\r\n   at Program\r\n"));

    [Fact]
    public async Task Of_many_lines_the_last_are_kept()
    {
        var lines = Enumerable.Range(1, 5000).Select(number => $"line {number}").ToList();

        Assert.Equal(string.Join('\n', lines.TakeLast(10)), await TailOf(string.Join('\n', lines)));
    }

    [Fact]
    public async Task Without_a_line_there_is_nothing() => Assert.Null(await TailOf("\n\n"));

    private static async Task<string?> TailOf(string text)
    {
        var tail = OutputTail.Of(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        await tail.Ended;
        return tail.Text;
    }
}
