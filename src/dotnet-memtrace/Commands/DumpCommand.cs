using System.CommandLine;
using Memtrace.Exporting.Dump;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace dump</c>: what is in the file of a recording.</summary>
internal static class DumpCommand
{
    private const string Summary = "Show what is in the file of a recording: its blocks, declarations and events, to debug the recording itself.";

    private const string Details = """
        Blocks and events are in the order of the file, which is not always that of their time. Each block begins with @ and its
        offset. A damaged block is shown up to the damage; the next one follows. The format is described in docs/dump.md.

        Exit codes: 0 done, 2 the file cannot be read or is damaged, 3 wrong arguments.

        Examples:
          dotnet-memtrace dump app.nettrace | less
          dotnet-memtrace dump app.nettrace --blocks
          dotnet-memtrace dump app.nettrace --provider Dotnet-Memtrace --event ProcessMemory
          dotnet-memtrace dump app.nettrace --event GCStart --from 30s --to 40s
        """;

    private static readonly Argument<string> File = new("FILE") { Description = "The recording: a .nettrace file." };

    private static readonly Option<string?> Provider = new("--provider")
    {
        Description = "Only events of this provider, such as Microsoft-Windows-DotNETRuntime.",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Event = new("--event")
    {
        Description = "Only events with this id or name.",
        HelpName = "ID|NAME",
    };

    private static readonly Option<bool> Blocks = new("--blocks")
    {
        Description = "Only a line for each block, without its content; with a filter, only blocks that hold a match.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        File.Validators.Add(OutputOptions.RequireFiles);
        var command = new DocumentedCommand("dump", Summary, Details) { File, Provider, Event, SelectionOptions.From, SelectionOptions.To, Blocks };
        command.SetAction(parsed => SelectionOptions.Conflict(parsed) is { } conflict
            ? CommandLine.Reject(parsed.CommandResult, conflict)
            : new DumpRun(parsed.GetRequiredValue(File), Filter(parsed)).Execute());
        return command;
    }

    private static DumpFilter Filter(ParseResult parsed) => new()
    {
        Provider = parsed.GetValue(Provider),
        Event = parsed.GetValue(Event),
        From = parsed.GetValue(SelectionOptions.From)?.TotalSeconds ?? double.NegativeInfinity,
        To = parsed.GetValue(SelectionOptions.To)?.TotalSeconds ?? double.PositiveInfinity,
        BlocksOnly = parsed.GetValue(Blocks),
    };
}
