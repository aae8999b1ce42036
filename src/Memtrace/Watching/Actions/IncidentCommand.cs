using System.Diagnostics;
using System.Globalization;

namespace Memtrace.Watching.Actions;

/// <summary>Runs a command on an incident, with the facts in its environment.</summary>
internal static class IncidentCommand
{
    private const string Prefix = "MEMTRACE_";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Runs it to its end, or kills it after a minute.</summary>
    /// <param name="command">A command line for the shell.</param>
    /// <param name="incident">The facts.</param>
    /// <returns>What went wrong, or null.</returns>
    public static async Task<string?> RunAsync(string command, Incident incident)
    {
        using var process = Process.Start(Describe(command, incident))!;
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
            return process.ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {process.ExitCode}");
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return "it was killed, because it took more than a minute";
        }
    }

    private static ProcessStartInfo Describe(string command, Incident incident)
    {
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", ["/c", command]) : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        foreach (var (name, value) in Facts(incident))
            start.Environment[Prefix + name] = value;
        return start;
    }

    private static IEnumerable<(string Name, string Value)> Facts(Incident incident) =>
    [
        ("PID", incident.ProcessId.ToString(CultureInfo.InvariantCulture)),
        ("NAME", incident.Process),
        ("RULE", incident.Rule),
        ("OBSERVED", incident.Observed),
        ("AT", incident.At.ToString("O", CultureInfo.InvariantCulture)),
        ("FILES", string.Join('\n', incident.Files)),
        ("RSS_BYTES", Text(incident.RssBytes)),
        ("GC_HEAP_BYTES", Text(incident.GcHeapBytes)),
        ("LIMIT_BYTES", Text(incident.LimitBytes)),
    ];

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
