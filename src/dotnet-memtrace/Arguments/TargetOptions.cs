using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Processes;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>The options that specify the target process. Exactly one is required; on a terminal, none lets the user pick from a list.</summary>
internal sealed class TargetOptions
{
    /// <summary>How long to wait for the target to respond.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The name of the argument that is a program to launch and its arguments.</summary>
    public const string CommandArgument = "COMMAND";

    private readonly RunningProcessOptions _running = new();

    private readonly Option<string?> _diagnosticPort = CreateDiagnosticPort();

    private readonly Argument<string[]> _command = new(CommandArgument)
    {
        Description = "After '--': a program to launch and its arguments. It is recorded from the start; its exit code is passed on.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The option that names a diagnostic port, for a command that launches nothing.</summary>
    public static Option<string?> CreateDiagnosticPort() => new("--diagnostic-port", "--dport")
    {
        Description = "The diagnostic port: a socket to listen on, or, with ',connect' appended, to connect to.",
        HelpName = "PATH[,connect]",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _running.AddTo(command);
        command.Add(_diagnosticPort);
        command.Add(_command);
        command.Validators.Add(RequireOne);
    }

    /// <summary>Whether the command line launches a program.</summary>
    public bool IsLaunch(ParseResult parsed) => parsed.GetValue(_command) is { Length: > 0 };

    /// <summary>The command to launch; empty if there is none.</summary>
    public IReadOnlyList<string> Command(ParseResult parsed) => parsed.GetValue(_command) ?? [];

    /// <summary>Opens the target.</summary>
    /// <exception cref="TargetException">It cannot be opened.</exception>
    public async Task<Target> OpenAsync(ParseResult parsed, CommandStreams streams, CancellationToken cancellation)
    {
        if (parsed.GetValue(_command) is { Length: > 0 } command)
            return await Target.LaunchAsync(command, streams, cancellation);
        if (parsed.GetValue(_diagnosticPort) is { } port)
            return await Target.ConnectAsync(port, AnswerTimeout, cancellation);
        return await Target.AttachAsync(await _running.FindAsync(parsed, cancellation), AnswerTimeout, cancellation);
    }

    private void RequireOne(CommandResult result)
    {
        // Before '--', the parser takes what it does not recognize for the command to launch.
        if (result.GetResult(_command)?.Tokens is [{ Value: ['-', ..] } option, ..])
        {
            result.AddError(CommandLine.Unrecognized(option.Value, result));
            return;
        }

        if (result.GetResult(_command)?.Tokens is [{ Value: [>= '1' and <= '9', ..] } number] && number.Value.All(char.IsAsciiDigit) && !File.Exists(number.Value))
        {
            result.AddError(CommandLine.Unrecognized(number.Value, result));
            return;
        }

        var ways = _running.Count(result)
            + (result.GetResult(_diagnosticPort) is null ? 0 : 1)
            + (result.GetResult(_command) is { Tokens.Count: > 0 } ? 1 : 0);
        if (ways > 1 || (ways == 0 && !ProcessPicker.IsPossible))
            result.AddError("Specify exactly one target: -p PID, -n NAME, --diagnostic-port PATH, or -- COMMAND. 'dotnet-memtrace ps' lists the processes.");
    }
}
