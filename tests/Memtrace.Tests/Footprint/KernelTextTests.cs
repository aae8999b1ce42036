using Memtrace.Footprint;

namespace Memtrace.Tests.Footprint;

public sealed class KernelTextTests
{
    [Fact]
    public void A_key_counts_only_at_the_beginning_of_a_line()
    {
        var text = "oom_kill_disable 1\nunder_oom 0\nfake oom_kill 9\noom_kill 3\n"u8;

        Assert.Equal(3, KernelText.Number(text, "oom_kill "u8));
        Assert.Equal(1, KernelText.Number(text, "oom_kill_disable "u8));
        Assert.Null(KernelText.Number(text, "oom_group_kill "u8));
    }

    [Theory]
    [InlineData("VmRSS:\t    1676 kB\n", 1676 * 1024L)]
    [InlineData("VmRSS:\t0 kB", 0L)]
    [InlineData("VmRSS:7", 7 * 1024L)]
    [InlineData("VmRSS:", null)]
    [InlineData("VmRSS:\n12 kB\n", null)]
    [InlineData("VmRSS: many kB\n", null)]
    [InlineData("VmRSS: -5 kB\n", null)]
    [InlineData("VmRSS: 9223372036854775807 kB\n", null)]
    [InlineData("VmRSS: 99999999999999999999 kB\n", null)]
    [InlineData("", null)]
    [InlineData("\n\n\n", null)]
    public void An_amount_is_bytes_or_unknown(string text, long? expected) =>
        Assert.Equal(expected, KernelText.Bytes(System.Text.Encoding.UTF8.GetBytes(text), "VmRSS:"u8));

    [Theory]
    [InlineData("some avg10=12.34 avg60=5.00\n", 12.34)]
    [InlineData("some avg10=0.00", 0.0)]
    [InlineData("some avg10=\n", null)]
    [InlineData("some avg10=NaN avg60=1", null)]
    [InlineData("full avg10=3.00\n", null)]
    public void A_fraction_is_read_or_unknown(string text, double? expected) =>
        Assert.Equal(expected, KernelText.Fraction(System.Text.Encoding.UTF8.GetBytes(text), "some avg10="u8));

    [Theory]
    [InlineData(0, 10L)]
    [InlineData(2, 30L)]
    [InlineData(3, null)]
    public void A_column_that_the_line_lacks_is_unknown(int column, long? expected) =>
        Assert.Equal(expected, KernelText.Column("10 20 30"u8, column));
}
