namespace Memtrace.Processes;

/// <summary>The name of a .NET process for people.</summary>
internal static class ApplicationName
{
    /// <summary>The host's options that take a value.</summary>
    private static readonly HashSet<string> OptionsWithValue =
    [
        "--additionalprobingpath", "--additional-deps", "--depsfile", "--fx-version", "--roll-forward", "--roll-forward-on-no-candidate-fx", "--runtimeconfig",
    ];

    /// <summary><c>dotnet /x/MyApp.dll</c> is MyApp, an app host is the name of its file, <c>dotnet run</c> is dotnet.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="executable">The executable file, if known: a process can put any name into its first argument.</param>
    public static string Of(IReadOnlyList<string> arguments, string? executable)
    {
        const string Deleted = " (deleted)";
        executable ??= arguments.Count > 0 ? arguments[0] : "";
        if (executable.EndsWith(Deleted, StringComparison.Ordinal))
            executable = executable[..^Deleted.Length];
        var name = WithoutExtension(Path.GetFileName(executable), ".exe");
        return name == "dotnet" && EntryAssembly(arguments) is { } assembly ? assembly : name;
    }

    private static string? EntryAssembly(IReadOnlyList<string> arguments)
    {
        for (var i = 1; i < arguments.Count; i++)
        {
            if (OptionsWithValue.Contains(arguments[i]))
                i++;
            else if (arguments[i] != "exec" && !arguments[i].StartsWith("--", StringComparison.Ordinal))
                return arguments[i].EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(arguments[i]) : null;
        }

        return null;
    }

    private static string WithoutExtension(string name, string extension) =>
        name.EndsWith(extension, StringComparison.OrdinalIgnoreCase) ? name[..^extension.Length] : name;
}
