using System.CommandLine;
using System.Text;
using Memtrace.Exporting.Dump;
using Memtrace.Reading;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

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

/// <summary>Reads a recording and writes what is in it to the standard output.</summary>
/// <param name="file">The recording.</param>
/// <param name="filter">What is left out.</param>
internal sealed class DumpRun(string file, DumpFilter filter)
{
    private const int BufferSize = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Reads and writes. Where nobody reads the output any more, that ends it.</summary>
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
        catch (RecordingException error)
        {
            Errors.Write(error.Message);
            return ExitCode.TracingError;
        }
        catch (IOException error) when (StandardOutput.IsClosed(error))
        {
            return ExitCode.Ok;
        }
        catch (IOException error)
        {
            Errors.Write($"cannot write the standard output: {error.Message}");
            return ExitCode.TracingError;
        }
    }
}
