using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Memtrace.Tool.Commands;

/// <summary>Runs a command line: where errors go, and which exit codes they have.</summary>
internal static class CommandLine
{
    /// <summary>Set to 1, an unforeseen error shows where it came from.</summary>
    public const string DebugVariable = "DOTNET_MEMTRACE_DEBUG";

    // A leading @ is a part of what the user typed, not a file of arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Parses the arguments and runs the command that they name.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, Parsing);
        // Help and version come before everything that may be wrong with the rest.
        if (parsed.Action is ParseErrorAction)
            return Reject(parsed);

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error)
        {
            return Fail(error);
        }
    }

    private static int Reject(ParseResult parsed)
    {
        foreach (var message in parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal))
            Errors.Write(message);
        Console.Error.WriteLine($"Try '{Path(parsed.CommandResult)} --help'.");
        return ExitCode.ArgumentError;
    }

    private static int Fail(Exception error)
    {
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
            Console.Error.WriteLine(error);
        else
            Errors.Write($"{error.GetType().Name}: {error.Message} (this should not happen; {DebugVariable}=1 shows where it did)");
        return ExitCode.UnknownError;
    }

    private static string Path(CommandResult command) => command.Parent is CommandResult parent
        ? Path(parent) + " " + command.Command.Name
        : command.Command.Name;
}
