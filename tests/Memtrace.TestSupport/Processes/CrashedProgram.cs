using System.Diagnostics;

namespace Memtrace.TestSupport.Processes;

/// <summary>A program that ended by an exception, and the dump that its runtime wrote then.</summary>
internal static class CrashedProgram
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="dump">Where its dump goes.</param>
    /// <param name="kind">The kind of the dump, by its number: 1 mini, 2 with the heap, 3 triage, 4 full.</param>
    /// <param name="command">The program.</param>
    /// <param name="environment">Variables to set.</param>
    public static async Task RunAsync(string dump, int kind, IReadOnlyList<string> command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment.Concat([("DOTNET_DbgEnableMiniDump", "1"), ("DOTNET_DbgMiniDumpType", $"{kind}"), ("DOTNET_DbgMiniDumpName", dump)]))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(dump), output + await errors);
    }
}
