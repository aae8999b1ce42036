using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Processes;

namespace Memtrace.Tool.Commands;

/// <summary>The ways to name the process that a command is about. Exactly one is to be used.</summary>
internal sealed class TargetOptions
{
    /// <summary>How long a target may take to answer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly Option<int?> _processId = OptionFactory.Number("--process-id", "The process to attach to.", 1);

    private readonly Option<string?> _name = new("--name", "-n")
    {
        Description = "The name of the process to attach to, as 'ps' shows it.",
        HelpName = "NAME",
    };

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

    public TargetOptions()
    {
        _processId.Aliases.Add("-p");
        _processId.HelpName = "PID";
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_processId);
        command.Add(_name);
        command.Add(_diagnosticPort);
        command.Add(_command);
        command.Validators.Add(RequireOne);
    }

    /// <summary>Whether a program is to be launched.</summary>
    public bool IsLaunch(ParseResult parsed) => parsed.GetValue(_command) is { Length: > 0 };

    /// <summary>Opens the target.</summary>
    /// <exception cref="TargetException">It cannot be had.</exception>
    public Task<Target> OpenAsync(ParseResult parsed, bool showChildIo, CancellationToken cancellation)
    {
        if (parsed.GetValue(_command) is { Length: > 0 } command)
            return Target.LaunchAsync(command, showChildIo, cancellation);
        if (parsed.GetValue(_diagnosticPort) is { } port)
            return Target.ConnectAsync(port, AnswerTimeout, cancellation);
        var processId = parsed.GetValue(_processId) ?? DotnetProcesses.ResolveName(parsed.GetValue(_name)!);
        return Target.AttachAsync(processId, AnswerTimeout, cancellation);
    }

    private void RequireOne(CommandResult result)
    {
        if (result.GetResult(_command)?.Tokens is [{ Value: ['-', ..] option }, ..])
        {
            result.AddError($"'{option}' is not known here.");
            return;
        }

        var ways = new SymbolResult?[] { result.GetResult(_processId), result.GetResult(_name), result.GetResult(_diagnosticPort) }.Count(way => way is not null)
            + (result.GetResult(_command) is { Tokens.Count: > 0 } ? 1 : 0);
        if (ways != 1)
            result.AddError("Name exactly one target: --process-id PID, --name NAME, --diagnostic-port PATH or -- COMMAND. 'dotnet-memtrace ps' lists what there is.");
    }
}
