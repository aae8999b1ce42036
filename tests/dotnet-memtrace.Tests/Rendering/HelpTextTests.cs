using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class HelpTextTests
{
    [Fact]
    public void Prose_flows_and_what_is_indented_stays()
    {
        var lines = HelpText.Lines("One two three\nfour.\n\nExamples:\n  tool -x  shows x", 12);

        Assert.Equal(["One two", "three four.", "", "Examples:", "  tool -x", "      shows", "      x"], lines);
    }

    [Fact]
    public void Text_after_a_gap_is_wrapped_below_itself() => Assert.Equal(
        ["  key  does all of this and also", "       that"], HelpText.Lines("  key  does all of this and also that", 32));

    [Fact]
    public void A_line_without_a_gap_stays_whole_so_that_it_can_be_copied() =>
        Assert.Equal("  tool --with many --options", HelpText.Lines("  tool --with many --options", 10).First());
}
