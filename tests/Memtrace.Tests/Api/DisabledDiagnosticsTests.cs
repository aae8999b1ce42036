using System.Globalization;

namespace Memtrace.Tests.Api;

[Slow]
public sealed class DisabledDiagnosticsTests
{
    [Theory]
    [InlineData("Allocations")]
    [InlineData("Survival")]
    public async Task A_measurement_without_diagnostics_says_why_it_fails_and_what_works(string detail)
    {
        var (exitCode, _, error) = await MeasureAsync(detail);

        Assert.Equal(1, exitCode);
        Assert.Contains("has diagnostics disabled (DOTNET_EnableDiagnostics=0)", error, StringComparison.Ordinal);
        Assert.Contains("MeasurementDetail.Totals measures without a diagnostic session.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Totals_are_still_measured()
    {
        var (exitCode, output, _) = await MeasureAsync("Totals");

        Assert.Equal(0, exitCode);
        Assert.InRange(long.Parse(output["allocated ".Length..], CultureInfo.InvariantCulture), 20 << 20, 21 << 20);
    }

    private static async Task<(int ExitCode, string Output, string Error)> MeasureAsync(string detail)
    {
        var run = await ChildProcess.RunAsync(TargetPrograms.Command("Measured", detail), ("DOTNET_EnableDiagnostics", "0"));
        return (run.ExitCode, run.Output, run.Error);
    }
}
