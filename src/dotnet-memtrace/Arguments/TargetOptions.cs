using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Processes;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>The ways to name the process that a command is about. Exactly one is to be used; on a terminal none, to choose from a list.</summary>
internal sealed class TargetOptions
{
    /// <summary>How long a target may take to answer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly RunningProcessOptions _running = new();

    private readonly Option<string?> _diagnosticPort = new("--diagnostic-port", "--dport")
    {
        Description = "A diagnostic port to meet the process at: a socket to listen at, or to connect to with ',connect' behind it.",
        HelpName = "PATH[,connect]",
    };

    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "Behind '--': a program to launch, and its arguments. It is recorded from its first instruction on; its exit code is passed on.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _running.AddTo(command);
        command.Add(_diagnosticPort);
        command.Add(_command);
        command.Validators.Add(RequireOne);
    }

    /// <summary>Whether a program is to be launched.</summary>
    public bool IsLaunch(ParseResult parsed) => parsed.GetValue(_command) is { Length: > 0 };

    /// <summary>Opens the target.</summary>
    /// <exception cref="TargetException">It cannot be had.</exception>
    public async Task<Target> OpenAsync(ParseResult parsed, bool showChildIo, CancellationToken cancellation)
    {
        if (parsed.GetValue(_command) is { Length: > 0 } command)
            return await Target.LaunchAsync(command, showChildIo, cancellation);
        if (parsed.GetValue(_diagnosticPort) is { } port)
            return await Target.ConnectAsync(port, AnswerTimeout, cancellation);
        return await Target.AttachAsync(await _running.FindAsync(parsed, cancellation), AnswerTimeout, cancellation);
    }

    private void RequireOne(CommandResult result)
    {
        if (result.GetResult(_command)?.Tokens is [{ Value: ['-', ..] option }, ..])
        {
            result.AddError($"'{option}' is not known here.");
            return;
        }

        var ways = _running.Count(result)
            + (result.GetResult(_diagnosticPort) is null ? 0 : 1)
            + (result.GetResult(_command) is { Tokens.Count: > 0 } ? 1 : 0);
        if (ways > 1 || (ways == 0 && !ProcessPicker.IsPossible))
            result.AddError("Name exactly one target: --process-id PID, --name NAME, --diagnostic-port PATH or -- COMMAND. 'dotnet-memtrace ps' lists what there is.");
    }
}
