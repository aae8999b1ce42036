using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.HeapSnapshots;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Tool.Arguments;

namespace Memtrace.Tool.Commands;

/// <summary>Parses and runs a command line; turns errors into messages and exit codes.</summary>
internal static class CommandLine
{
    /// <summary>The environment variable that, set to 1, adds a stack trace to internal errors.</summary>
    public const string DebugVariable = "DOTNET_MEMTRACE_DEBUG";

    // A leading @ belongs to the argument; it does not name a response file.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    // Commands handle signals themselves: the library would terminate the process 2 s after the first one, while a recording is being finished.
    private static readonly InvocationConfiguration Invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    /// <summary>Parses the arguments and runs the command they name.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        try
        {
            HelpPages.Install(root);
            var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, Parsing);
            if (parsed.Errors.Count > 0)
                return Reject(parsed.CommandResult, Messages(parsed));
            return EmptyValue(parsed) is { } name ? Reject(parsed.CommandResult, $"{name} must not be empty.") : await parsed.InvokeAsync(Invocation);
        }
        catch (CommandException error)
        {
            Errors.Write(error.Message);
            return error.ExitCode;
        }
        catch (TargetException error)
        {
            Errors.Write(error);
            return ExitCode.Of(error);
        }
        catch (Exception error) when (error is RecordingException or HeapSnapshotException)
        {
            Errors.Write(error);
            return ExitCode.TracingError;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Commands handle the errors of the files they read and write; what is left is standard output, closed or full.
            var failure = CommandException.OutputFailed(error);
            Errors.Write(failure.Message);
            return failure.ExitCode;
        }
        catch (Exception error)
        {
            return Fail(error);
        }
    }

    /// <summary>Reports what is wrong with a command line.</summary>
    /// <param name="command">The command it names.</param>
    /// <param name="messages">The errors, one line each.</param>
    /// <returns>The exit code.</returns>
    public static int Reject(CommandResult command, params IEnumerable<string> messages)
    {
        foreach (var message in messages)
            Errors.Write(message);
        Console.Error.WriteLine($"Try '{Path(command)} --help'.");
        return ExitCode.ArgumentError;
    }

    // An unrecognized token is the cause of whatever else is missing then, and so is a wrong option: one error for one mistake.
    private static IEnumerable<string> Messages(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var first, ..] unmatched)
            return BelongTogether(parsed) ? [Unrecognized(first, parsed.CommandResult)] : unmatched.Select(token => Unrecognized(token, parsed.CommandResult));
        var errors = parsed.Errors.Any(error => error.SymbolResult is OptionResult) ? parsed.Errors.Where(error => error.SymbolResult is OptionResult) : parsed.Errors;
        return errors.Select(error => error.Message).Distinct(StringComparer.Ordinal);
    }

    /// <summary>The option or argument whose text is empty, as from a variable that a script has not set; null if there is none. Arguments of a launched command may be.</summary>
    private static string? EmptyValue(ParseResult parsed) => parsed.CommandResult.Children.Select(child => child switch
    {
        OptionResult { Option: { ValueType: var type, Name: var name } } option when (type == typeof(string) || type == typeof(string[])) && option.Tokens.Any(IsEmpty) => name,
        ArgumentResult { Tokens: [var program, ..], Argument.Name: TargetOptions.CommandArgument } => IsEmpty(program) ? TargetOptions.CommandArgument : null,
        ArgumentResult { Argument.Name: var name } argument when argument.Tokens.Any(IsEmpty) => name,
        _ => null,
    }).FirstOrDefault(name => name is not null);

    private static bool IsEmpty(Token token) => token.Value.Length == 0;

    /// <summary>After a command that does not exist, and before one that does, no option is known.</summary>
    private static bool BelongTogether(ParseResult parsed) => parsed.CommandResult.Command is RootCommand || parsed.Tokens[0].Value == parsed.UnmatchedTokens[0];

    /// <summary>The message for a token that is neither a command, an option nor an argument.</summary>
    /// <param name="token">The token.</param>
    /// <param name="command">The command it was given to.</param>
    public static string Unrecognized(string token, CommandResult command)
    {
        var kind = token is ['-', ..] ? "option" : command.Command is RootCommand ? "command" : "argument";
        return $"Unrecognized {kind} '{token}'.{Suggestion.For(token, command.Command)}";
    }

    private static int Fail(Exception error)
    {
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
            Console.Error.WriteLine(error);
        else
            Errors.Write($"Internal error: {error.GetType().Name}: {error.Message}. Please report it; run again with {DebugVariable}=1 for a stack trace.");
        return ExitCode.UnknownError;
    }

    private static string Path(CommandResult command) => command.Parent is CommandResult parent
        ? Path(parent) + " " + command.Command.Name
        : command.Command.Name;
}
