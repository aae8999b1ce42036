using System.Diagnostics;

namespace Memtrace.TestSupport.Processes;

/// <summary>Starts every process that a test needs. A fast test starts none.</summary>
internal static class ChildProcess
{
    /// <summary>Starts a command with its three streams redirected.</summary>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="environment">Variables to set.</param>
    public static Process Start(IReadOnlyList<string> command, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Start(start);
    }

    /// <summary>Starts a process.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        if (FastTests.Run)
            throw new InvalidOperationException($"A fast test starts no process, such as {start.FileName}: mark its class with [Slow].");
        return Process.Start(start)!;
    }

    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="environment">Variables to set.</param>
    public static async Task<CommandResult> RunAsync(IReadOnlyList<string> command, params IEnumerable<(string Name, string Value)> environment)
    {
        using var process = Start(command, environment);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, await output, await error);
    }
}

/// <summary>The result of a command that has ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Fails the test unless the command ended with this code.</summary>
    public void HasExitCode(int code) => Assert.True(code == ExitCode, $"Exit code {ExitCode}, not {code}: {Error}");
}
