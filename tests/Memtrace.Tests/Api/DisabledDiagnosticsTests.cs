using System.Diagnostics;
using System.Globalization;

namespace Memtrace.Tests.Api;

public sealed class DisabledDiagnosticsTests
{
    [Theory]
    [InlineData("Allocations")]
    [InlineData("Survival")]
    public async Task A_recording_says_why_it_is_impossible_and_what_is_possible(string detail)
    {
        var (exitCode, _, error) = await MeasureAsync(detail);

        Assert.Equal(1, exitCode);
        Assert.Contains("has diagnostics disabled (DOTNET_EnableDiagnostics=0)", error, StringComparison.Ordinal);
        Assert.Contains("MeasurementDetail.Totals measures without a diagnostic session.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Totals_are_measured_all_the_same()
    {
        var (exitCode, output, _) = await MeasureAsync("Totals");

        Assert.Equal(0, exitCode);
        Assert.InRange(long.Parse(output["allocated ".Length..], CultureInfo.InvariantCulture), 20 << 20, 21 << 20);
    }

    private static async Task<(int ExitCode, string Output, string Error)> MeasureAsync(string detail)
    {
        var command = TargetPrograms.Command("Measured", detail);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, error);
    }
}
