using System.CommandLine;
using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace gc</c>: one full collection, and what comes of it.</summary>
internal static class GcCommand
{
    private const string Summary = "Have a .NET process do one full garbage collection, and show the memory before and after: what was dead, what came back.";

    private const string Details = """
        The collection blocks: the process stands still for it, some 0.1 s to 1 s for each GB that lives. So it is asked for on a terminal;
        without one, --yes is needed. What is small after it and grows back is garbage; what stays is held. With no process named, a terminal
        shows a list of them to choose from.

        Examples:
          dotnet-memtrace gc -p 1234
          dotnet-memtrace gc -n MyApp --yes --format json

        Exit codes: 0 collected (or declined), 1 there is no such process or it cannot be attached to, 2 the runtime did not tell what came
        of it, 3 wrong arguments, or no --yes where nobody can be asked, 4 a runtime without diagnostics (Native AOT).
        """;

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };

    private static readonly Option<GcFormat> Format = OptionFactory.Choice<GcFormat>("--format", "table for people (default), or json.");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("gc", Summary, Details);
        Process.RequireIn(command);
        command.Add(Yes);
        command.Add(Format);
        command.SetAction((parsed, cancellation) => !parsed.GetValue(Yes) && Console.IsInputRedirected
            ? Task.FromResult(CommandLine.Reject(parsed.CommandResult, "A collection stops the process, and there is no terminal to ask: confirm with --yes."))
            : new GcRun(parsed.GetValue(Format), !parsed.GetValue(Yes)).ExecuteAsync(() => Process.FindAsync(parsed, cancellation), cancellation));
        return command;
    }
}

/// <summary>What <see cref="GcCommand"/> writes.</summary>
internal enum GcFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>One run of <c>gc</c>: asks the user, has the process collect, says what came of it.</summary>
/// <param name="format">What to write.</param>
/// <param name="ask">Whether to ask the user before.</param>
internal sealed class GcRun(GcFormat format, bool ask)
{
    /// <summary>Runs.</summary>
    /// <param name="findProcess">Tells the process's id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync(Func<Task<int>> findProcess, CancellationToken cancellation)
    {
        try
        {
            await using var target = await Target.AttachAsync(await findProcess(), TargetOptions.AnswerTimeout, cancellation);
            if (ask && !await ConfirmAsync(target.Description, cancellation))
            {
                Console.Error.WriteLine("Nothing was done.");
                return ExitCode.Ok;
            }

            if (await CollectionInducer.InduceAsync(target, cancellation) is { } observed)
                return Write(target.Description, observed);
            Errors.Write("the runtime did not tell what came of the collection.");
            return ExitCode.TracingError;
        }
        catch (TargetException error)
        {
            Errors.Write(error.Message);
            return ExitCode.Of(error);
        }
    }

    private static async Task<bool> ConfirmAsync(TargetDescription target, CancellationToken cancellation)
    {
        Console.Error.Write($"Stop {TerminalText.Clean(target.Name)} ({target.ProcessId}) for a full garbage collection? [y/N] ");
        return (KeyReader.HasStarted ? await ReadKeyAsync(cancellation) : Console.In.ReadLine()?.Trim()) is "y" or "Y" or "yes";
    }

    // After a choice from the list nobody but its reader gets a key, and nothing shows it.
    private static async Task<string?> ReadKeyAsync(CancellationToken cancellation)
    {
        var pressed = await KeyReader.Keys.WaitToReadAsync(cancellation) && KeyReader.Keys.TryRead(out var key) ? $"{key.KeyChar}" : null;
        Console.Error.WriteLine(TerminalText.Clean(pressed ?? ""));
        return pressed;
    }

    private int Write(TargetDescription target, ObservedCollection observed)
    {
        var process = new ProcessDescription(
            target.ProcessId, target.Name, target.CommandLine, target.RuntimeVersion, target.Architecture, target.OperatingSystem, target.ProcessorCount, null, null);
        if (format == GcFormat.Json)
        {
            using var output = Console.OpenStandardOutput();
            JsonFullCollection.Write(output, process, observed);
            output.Write("\n"u8);
            return ExitCode.Ok;
        }

        var page = new ReportPage(ReportConsole.StandardOutput(null));
        HeaderSection.WriteProcess(page, process);
        FullCollectionSection.Write(page, observed);
        return ExitCode.Ok;
    }
}
