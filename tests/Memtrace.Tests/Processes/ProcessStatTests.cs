using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class ProcessStatTests
{
    private const string Fields = "S 1 2 2 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 87134 8 1 18446744073709551615 1 1 1 0 0 0 0 0 0 1 0 0 17 1 0 0 0 0 0 1 1 1 1 1 1 1 768";

    [Fact]
    public void The_fields_are_counted_after_the_name_even_if_it_looks_like_fields()
    {
        var stat = ProcessStat.Parse($"12 (a) S (b 7) {Fields}\n");

        Assert.Equal(new ProcessStat("a) S (b 7", 'S', 1, 87134, 1, 768), stat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 (name")]
    [InlineData("12 (name) S 1 2")]
    public void A_truncated_stat_is_refused(string text) => Assert.Null(ProcessStat.Parse(text));
}
