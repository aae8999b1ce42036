using Memtrace.Tool.Rendering;
using Spectre.Console;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class GlyphsTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(0.5, "#####")]
    [InlineData(0.96, "##########")]
    [InlineData(1, "##########")]
    [InlineData(1.5, "##########")]
    public void A_bar_is_as_long_as_its_share(double share, string expected) => Assert.Equal(expected, Glyphs.Ascii.Bar(share, 10));

    [Theory]
    [InlineData(0.0125, "▏")]
    [InlineData(0.1, "█")]
    [InlineData(0.35, "███▌")]
    public void A_bar_ends_in_a_part_of_a_column_where_the_console_can_show_it(double share, string expected)
    {
        using var writer = new Utf8StringWriter();
        Assert.Equal(expected, Glyphs.For(ReportConsole.Plain(writer, 80)).Bar(share, 10));
    }
}
