using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Memtrace.Tool.Arguments;
using Memtrace.Watching;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>The options of <c>watch</c> that say which processes.</summary>
internal sealed class ScopeOptions
{
    private readonly RunningProcessOptions _process = new();

    private readonly Option<bool> _all = new("--all") { Description = "Watch all .NET processes, including those that start later." };

    private readonly Option<Regex?> _filter = OptionFactory.Pattern("--filter", "With --all: only processes whose name matches; start with (?i) to ignore case.");

    private readonly Option<string?> _user = new("--user") { Description = "With --all: only processes of this user.", HelpName = "USER" };

    private readonly Option<string?> _container = new("--container")
    {
        Description = "With --all: only processes whose control group contains this text, such as a container's id.",
        HelpName = "TEXT",
    };

    /// <summary>Adds the options to the command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        _process.AddTo(command);
        command.Add(_all);
        foreach (var option in Filters)
            command.Add(option);
        command.Validators.Add(RequireAll);
    }

    /// <summary>How many of the ways to say it are given: one is right.</summary>
    /// <param name="result">The command line.</param>
    public int Count(CommandResult result) => _process.Count(result) + (result.GetResult(_all) is { Implicit: false } ? 1 : 0);

    /// <summary>What is given.</summary>
    /// <param name="parsed">The command line.</param>
    public WatchScope Of(ParseResult parsed) => new()
    {
        ProcessId = _process.Id(parsed),
        Name = _process.Name(parsed),
        Filter = parsed.GetValue(_filter),
        User = parsed.GetValue(_user),
        Container = parsed.GetValue(_container),
    };

    private Option[] Filters => [_filter, _user, _container];

    private void RequireAll(CommandResult result)
    {
        if (result.GetResult(_all) is null && Filters.FirstOrDefault(option => result.GetResult(option) is not null) is { } filter)
            result.AddError($"{filter.Name} requires --all.");
    }
}
