using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Processes;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>The options that specify a running process: by id or by name; on a terminal, none lets the user pick from a list.</summary>
internal sealed class RunningProcessOptions
{
    private readonly Option<int?> _processId = OptionFactory.Number("--process-id", "The id of the process.", 1);

    private readonly Option<string?> _name = new("--name", "-n")
    {
        Description = "The name of the process, as 'ps' shows it.",
        HelpName = "NAME",
    };

    public RunningProcessOptions()
    {
        _processId.Aliases.Add("-p");
        _processId.HelpName = "PID";
    }

    /// <summary>Adds the options to a command that may have further ways to specify its target.</summary>
    public void AddTo(Command command)
    {
        command.Add(_processId);
        command.Add(_name);
    }

    /// <summary>Adds the options to a command that requires exactly one of them, or none on a terminal.</summary>
    /// <param name="command">The command.</param>
    public void RequireIn(Command command)
    {
        AddTo(command);
        command.Validators.Add(result =>
        {
            if (Count(result) > 1 || (Count(result) == 0 && !ProcessPicker.IsPossible))
                result.AddError("Specify exactly one process: -p PID or -n NAME. 'dotnet-memtrace ps' lists the processes.");
        });
    }

    /// <summary>How many of the options are given.</summary>
    public int Count(CommandResult result) =>
        new SymbolResult?[] { result.GetResult(_processId), result.GetResult(_name) }.Count(way => way is not null);

    /// <summary>The id that is given, or null.</summary>
    public int? Id(ParseResult parsed) => parsed.GetValue(_processId);

    /// <summary>The name that is given, or null.</summary>
    public string? Name(ParseResult parsed) => parsed.GetValue(_name);

    /// <summary>Makes sure that the process that the options specify exists, before anything else is asked of the user.</summary>
    /// <exception cref="TargetException">It does not.</exception>
    public void RequireRunning(ParseResult parsed)
    {
        if ((Id(parsed) ?? (Name(parsed) is { } name ? DotnetProcesses.ResolveName(name) : null)) is { } id)
            TargetIdentity.Find(id);
    }

    /// <summary>The id of the process; if none is specified, the one the user picks.</summary>
    /// <exception cref="TargetException">No process or several processes have the name.</exception>
    /// <exception cref="CommandException">The user picked none.</exception>
    public async Task<int> FindAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(_processId) is { } processId)
            return processId;
        return parsed.GetValue(_name) is { } name ? DotnetProcesses.ResolveName(name) : await ProcessPicker.PickAsync(cancellation);
    }
}
