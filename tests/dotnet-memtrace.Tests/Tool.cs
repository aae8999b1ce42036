using System.Diagnostics;

namespace Memtrace.Tool.Tests;

/// <summary>Runs the tool as a process of its own, its output redirected.</summary>
internal static class Tool
{
    /// <summary>The words that start the tool.</summary>
    public static IReadOnlyList<string> Command { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "dotnet-memtrace.dll")];

    public static Task<ToolResult> RunAsync(params string[] arguments) => RunAsync(arguments, new Dictionary<string, string>());

    public static async Task<ToolResult> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        using var tool = StartUnder([], arguments, environment);
        return await tool.EndAsync();
    }

    /// <summary>Runs the tool in the place of another command, with the words of that command before it, such as <c>setpriv --reuid 65534</c>.</summary>
    public static async Task<ToolResult> RunUnderAsync(IEnumerable<string> wrapper, params string[] arguments)
    {
        using var tool = StartUnder(wrapper, arguments, new Dictionary<string, string>());
        return await tool.EndAsync();
    }

    /// <summary>Starts the tool and lets it run.</summary>
    public static RunningTool Start(params string[] arguments) => StartUnder([], arguments, new Dictionary<string, string>());

    /// <summary>Starts the tool with variables of its own and lets it run.</summary>
    public static RunningTool Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        StartUnder([], arguments, environment);

    /// <summary>Starts the tool with its standard output in a file.</summary>
    public static RunningTool StartInto(string file, params string[] arguments) =>
        StartUnder(["sh", "-c", $"exec \"$@\" > {file}", "sh"], arguments, new Dictionary<string, string>());

    private static RunningTool StartUnder(IEnumerable<string> wrapper, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        string[] command = [.. wrapper, .. Command, .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new RunningTool(Process.Start(start)!);
    }
}

/// <summary>What a run of the tool came to.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    public void HasExitCode(int code) => Assert.True(code == ExitCode, $"Exit code {ExitCode}, not {code}: {Error}");
}
