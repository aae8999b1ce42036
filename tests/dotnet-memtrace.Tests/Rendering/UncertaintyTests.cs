using System.Text;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class UncertaintyTests
{
    private static readonly Glyphs Glyphs = Glyphs.For(ReportConsole.Plain(new Utf8StringWriter()));

    [Theory]
    [InlineData(8, 100, "±8%")]
    [InlineData(0.42, 100, "±0.4%")]
    [InlineData(0, 1, "±0%")]
    [InlineData(9.9, 2, "±10%")]
    [InlineData(40, 2, "≤1.4 KiB")]
    [InlineData(40, 3, "-34/+46%")]
    [InlineData(101, 50, "-67/+143%")]
    public void An_error_is_relative_to_its_estimate_and_honest_where_it_means_little(double percent, long samples, string expected)
    {
        var deviation = 1000 * percent / 100 / Estimate.NormalQuantile95;
        Assert.Equal(expected, Uncertainty.Format(new Estimate(1000, deviation * deviation, 1, 1, samples), Glyphs));
    }

    [Fact]
    public void A_normal_error_is_symmetric() => Assert.Equal("±52%", Uncertainty.Format(Estimate.Normal(1000, 520), Glyphs));

    [Fact]
    public void Zero_has_no_error() => Assert.Equal("±0%", Uncertainty.Format(Estimate.Zero, Glyphs));

    [Fact]
    public void A_console_without_unicode_gets_ascii()
    {
        using var writer = new Utf8StringWriter(Encoding.Latin1);
        ReportRenderer.Write(SampleProfiles.Shop, ReportConsole.Plain(writer, 80), new ReportOptions());
        ReportRenderer.Write(SampleProfiles.Shop, ReportConsole.Plain(writer, 80), new ReportOptions { View = ReportView.Tree, MinimumShare = 0 });
        Assert.True(Ascii.IsValid(writer.ToString()));
        Assert.Contains("|- ", writer.ToString(), StringComparison.Ordinal);
    }
}
