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
        var result = await ChildProcess.RunAsync(
            command, [.. environment, ("DOTNET_DbgEnableMiniDump", "1"), ("DOTNET_DbgMiniDumpType", $"{kind}"), ("DOTNET_DbgMiniDumpName", dump)]);
        Assert.True(File.Exists(dump), result.Output + result.Error);
    }
}
