namespace Memtrace.Tool.Tests;

/// <summary>Runs the tool as a separate process, its output redirected.</summary>
internal static class Tool
{
    /// <summary>The environment variable with the full path of the build under test: a native file or a .dll. Without it, the build next to the tests.</summary>
    public const string Variable = "MEMTRACE";

    /// <summary>The words that start the portable build next to the tests, whichever build is under test.</summary>
    public static IReadOnlyList<string> PortableCommand { get; } = CommandOf(Path.Combine(AppContext.BaseDirectory, "dotnet-memtrace.dll"));

    /// <summary>The words that start the build under test.</summary>
    public static IReadOnlyList<string> Command { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } build ? CommandOf(build) : PortableCommand;

    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(arguments, new Dictionary<string, string>());

    public static async Task<CommandResult> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        using var tool = StartUnder([], arguments, environment);
        return await tool.EndAsync();
    }

    /// <summary>A command line is reported as invalid, in one line and another that names the help.</summary>
    /// <param name="message">What the first line contains.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task RejectsAsync(string message, string verb, params string[] arguments)
    {
        var run = await RunAsync([verb, .. arguments]);
        Assert.Equal((ExitCode.ArgumentError, ""), (run.ExitCode, run.Output));
        var lines = run.Error.TrimEnd().Split('\n');
        Assert.Equal([$"Try 'dotnet-memtrace {verb} --help'."], lines.Skip(1));
        Assert.StartsWith("error: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(message, lines[0], StringComparison.Ordinal);
    }

    /// <summary>Runs the tool in the place of another command, with the words of that command before it, such as <c>setpriv --reuid 65534</c>.</summary>
    public static async Task<CommandResult> RunUnderAsync(IEnumerable<string> wrapper, params string[] arguments)
    {
        using var tool = StartUnder(wrapper, arguments, new Dictionary<string, string>());
        return await tool.EndAsync();
    }

    /// <summary>Runs a build of the tool, whichever is under test.</summary>
    /// <param name="build">The words that start it.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<CommandResult> RunBuildAsync(IEnumerable<string> build, params string[] arguments)
    {
        using var tool = Launch([.. build, .. arguments], new Dictionary<string, string>());
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

    private static string[] CommandOf(string build)
    {
        if (!Path.IsPathRooted(build) || !File.Exists(build))
            throw new FileNotFoundException($"{Variable} has to be the full path of a build of the tool.", build);
        return Path.GetExtension(build) == ".dll" ? ["dotnet", build] : [build];
    }

    private static RunningTool StartUnder(IEnumerable<string> wrapper, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        Launch([.. wrapper, .. Command, .. arguments], environment);

    private static RunningTool Launch(string[] command, IReadOnlyDictionary<string, string> environment) =>
        new(ChildProcess.Start(command, environment.Select(variable => (variable.Key, variable.Value))));
}
