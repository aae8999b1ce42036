using System.Diagnostics;

namespace Memtrace.TestSupport.Processes;

/// <summary>A program of tests/targets for .NET 8, self-contained.</summary>
internal static class Net8Program
{
    /// <summary>Publishes it, unless that was done before.</summary>
    /// <returns>The executable; null if it cannot be made here.</returns>
    public static async Task<string?> PublishAsync(string name)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(TargetPrograms.Repository(), "eng", "publish-net8-target.sh"), "linux-x64", name])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var publish = Process.Start(start)!;
        _ = publish.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        return publish.ExitCode == 0 ? output.Trim() : null;
    }
}
