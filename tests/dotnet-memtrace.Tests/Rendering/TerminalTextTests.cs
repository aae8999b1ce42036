using Memtrace.Exporting.Tables;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain <T> [x]", "plain <T> [x]")]
    [InlineData("\u001b[31mred", "\\u001B[31mred")]
    [InlineData("a\r\nb\tc\u0007\u007f\u009b", "a\\u000D\\u000Ab\\u0009c\\u0007\\u007F\\u009B")]
    [InlineData("\u202egnp\u200b\u2028", "\\u202Egnp\\u200B\\u2028")]
    [InlineData("x\uFFFF\uFFFEy", "x\\uFFFF\\uFFFEy")]
    [InlineData("注文 ä 😀 \uFFFD", "注文 ä 😀 \uFFFD")]
    public void Control_characters_are_spelled_out(string text, string expected) => Assert.Equal(expected, TerminalText.Clean(text));

    [Fact]
    public void Halves_of_characters_are_spelled_out()
    {
        Assert.Equal("\\uD83D", TerminalText.Clean("\ud83d"));
        Assert.Equal("x\\uDE00y", TerminalText.Clean("x\ude00y"));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("注文", 4)]
    public void Width_counts_columns(string text, int expected) => Assert.Equal(expected, TerminalText.Width(text));

    [Fact]
    public void Every_character_has_a_width_and_a_clean_form_that_fits_into_a_table()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            var text = value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value);
            Assert.True(TerminalText.Width(text) <= 2);
            Assert.InRange(TerminalText.Width(TerminalText.Clean(text)), 0, 10);
        }
    }

    [Fact]
    public void No_character_of_a_name_breaks_a_table()
    {
        using var writer = new StringWriter();
        var names = Enumerable.Range(0, 0x10000).Select(value => $"Shop.Order{(char)value}<System.String, {(char)value}System.Byte[]>");
        var page = new ReportPage(ReportConsole.Plain(writer, 60));

        TextTable.Write(page, ReportTable.Of(names, new Column<string>("type", "Type", ColumnKind.Type, name => name), new("method", "Call site", ColumnKind.Method, name => name)));

        Assert.DoesNotContain(writer.ToString(), character => char.IsControl(character) && character != '\n' && character != '\r');
    }

    [Theory]
    [InlineData("abcdef", 3, "abc", "def")]
    [InlineData("注文受注", 5, "注文", "受注")]
    [InlineData("a😀", 1, "a", "")]
    [InlineData("abc", 0, "", "")]
    [InlineData("abc", 9, "abc", "abc")]
    public void The_start_and_the_end_fit_and_keep_characters_whole(string text, int width, string start, string end)
    {
        Assert.Equal(start, TerminalText.Start(text, width));
        Assert.Equal(end, TerminalText.End(text, width));
    }

    [Fact]
    public void Words_are_kept_whole_where_they_fit_into_a_line() =>
        Assert.Equal(["one two", "three", "abcdefgh", "ij k"], WordWrap.Lines("one two  three abcdefghij k", 8));

    [Fact]
    public void No_text_is_one_empty_line() => Assert.Equal([""], WordWrap.Lines("", 10));

    [Theory]
    [InlineData(20, 5, 8, 2)]
    [InlineData(10, 4, 4, 2)]
    [InlineData(4, 1, 2, 1)]
    public void The_longest_names_give_way_first(int available, params int[] expected) =>
        Assert.Equal(expected, ColumnWidths.Share([5, 8, 2], available));
}
