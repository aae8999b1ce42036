using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Processes;

namespace Memtrace.Tool.Commands;

/// <summary>The ways to name a process that runs: by its id or by its name.</summary>
internal sealed class RunningProcessOptions
{
    private readonly Option<int?> _processId = OptionFactory.Number("--process-id", "The process to attach to.", 1);

    private readonly Option<string?> _name = new("--name", "-n")
    {
        Description = "The name of the process to attach to, as 'ps' shows it.",
        HelpName = "NAME",
    };

    public RunningProcessOptions()
    {
        _processId.Aliases.Add("-p");
        _processId.HelpName = "PID";
    }

    /// <summary>Adds the options to a command, which may have other ways to name its target.</summary>
    public void AddTo(Command command)
    {
        command.Add(_processId);
        command.Add(_name);
    }

    /// <summary>Adds the options to a command that needs exactly one of them.</summary>
    public void RequireIn(Command command)
    {
        AddTo(command);
        command.Validators.Add(result =>
        {
            if (Count(result) != 1)
                result.AddError("Name exactly one process: --process-id PID or --name NAME. 'dotnet-memtrace ps' lists what there is.");
        });
    }

    /// <summary>How many of the options are there.</summary>
    public int Count(CommandResult result) =>
        new SymbolResult?[] { result.GetResult(_processId), result.GetResult(_name) }.Count(way => way is not null);

    /// <summary>The id of the process.</summary>
    /// <exception cref="TargetException">No process has the name, or several have it.</exception>
    public int Find(ParseResult parsed) => parsed.GetValue(_processId) ?? DotnetProcesses.ResolveName(parsed.GetValue(_name)!);
}
