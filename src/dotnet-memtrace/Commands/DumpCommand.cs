using System.CommandLine;
using System.Text;
using Memtrace.Exporting.Dump;
using Memtrace.Reading;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace dump</c>: prints the content of a recording.</summary>
internal static class DumpCommand
{
    private const string Summary = "Print the blocks, declarations and events of a recording, to debug the file itself.";

    private const string Details = """
        Blocks and events are printed in file order, which is not always their order in time. Each block starts with @ and its offset.
        A damaged block is printed up to the damage; then the next block follows. docs/dump.md describes the output.

        Exit codes: 0 printed; 2 the file cannot be read or is damaged; 3 invalid arguments.

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
        Description = "Print one line per block, without its content; with a filter, only blocks that contain a match.",
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

/// <summary>Reads a recording and prints its content to standard output.</summary>
/// <param name="file">The recording.</param>
/// <param name="filter">What to leave out.</param>
internal sealed class DumpRun(string file, DumpFilter filter)
{
    private const int BufferSize = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Reads and prints, until the end or until nobody reads the output any more.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        using var output = StandardOutput.Open();
        var text = new StreamWriter(output, Utf8, BufferSize, leaveOpen: true);
        var dump = new RecordingDump(text, filter, TerminalText.Clean);
        try
        {
            dump.Write(file);
            text.Flush();
            return dump.IsDamaged ? ExitCode.TracingError : ExitCode.Ok;
        }
        catch (IOException error) when (StandardOutput.IsClosed(error))
        {
            return ExitCode.Ok;
        }
        catch (IOException error)
        {
            throw CommandException.OutputFailed(error);
        }
    }
}
