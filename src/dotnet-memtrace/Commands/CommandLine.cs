using System.CommandLine;
using System.CommandLine.Parsing;

namespace Memtrace.Tool.Commands;

/// <summary>Runs a command line: where errors go, and which exit codes they have.</summary>
internal static class CommandLine
{
    /// <summary>Set to 1, an unforeseen error shows where it came from.</summary>
    public const string DebugVariable = "DOTNET_MEMTRACE_DEBUG";

    // A leading @ is a part of what the user typed, not a file of arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    // Signals are the commands' own business: the library would end the process 2 s after the first one, in the middle of a recording's end.
    private static readonly InvocationConfiguration Invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    /// <summary>Parses the arguments and runs the command that they name.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        try
        {
            HelpPages.Install(root);
            var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, Parsing);
            return parsed.Errors.Count > 0 ? Reject(parsed.CommandResult, Messages(parsed)) : await parsed.InvokeAsync(Invocation);
        }
        catch (Exception error)
        {
            return Fail(error);
        }
    }

    /// <summary>Says what is wrong with a command line.</summary>
    /// <param name="command">The command that it names.</param>
    /// <param name="messages">What is wrong, a line each.</param>
    /// <returns>The exit code.</returns>
    public static int Reject(CommandResult command, params IEnumerable<string> messages)
    {
        foreach (var message in messages)
            Errors.Write(message);
        Console.Error.WriteLine($"Try '{Path(command)} --help'.");
        return ExitCode.ArgumentError;
    }

    // What is not known is the cause; that something else is missing then is its consequence.
    private static IEnumerable<string> Messages(ParseResult parsed) => parsed.UnmatchedTokens.Count > 0
        ? parsed.UnmatchedTokens.Select(token => $"'{token}' is not known here.")
        : parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal);

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
