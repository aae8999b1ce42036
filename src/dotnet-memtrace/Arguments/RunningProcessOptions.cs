using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Processes;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>The ways to name a process that runs: by its id or by its name, or on a terminal by choosing it from a list.</summary>
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

    /// <summary>Adds the options to a command that needs exactly one of them, or none on a terminal, where the user can choose.</summary>
    /// <param name="command">The command.</param>
    public void RequireIn(Command command)
    {
        AddTo(command);
        command.Validators.Add(result =>
        {
            if (Count(result) > 1 || (Count(result) == 0 && !ProcessPicker.IsPossible))
                result.AddError("Name exactly one process: --process-id PID or --name NAME. 'dotnet-memtrace ps' lists what there is.");
        });
    }

    /// <summary>How many of the options are there.</summary>
    public int Count(CommandResult result) =>
        new SymbolResult?[] { result.GetResult(_processId), result.GetResult(_name) }.Count(way => way is not null);

    /// <summary>The id of the process; where none is named, of that which the user chooses.</summary>
    /// <exception cref="TargetException">No process has the name, or several have it, or none was chosen.</exception>
    public async Task<int> FindAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(_processId) is { } processId)
            return processId;
        return parsed.GetValue(_name) is { } name ? DotnetProcesses.ResolveName(name) : await ProcessPicker.PickAsync(cancellation);
    }
}
