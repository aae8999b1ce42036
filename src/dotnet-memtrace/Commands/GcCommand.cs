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

/// <summary><c>dotnet-memtrace gc</c>: forces one full collection and shows its effect.</summary>
internal static class GcCommand
{
    private const string Summary = "Force a full garbage collection and show the memory before and after it.";

    private const string Details = """
        The collection is blocking: it pauses the process for about 0.1 s to 1 s per GB of live objects. Therefore the command asks before it
        collects; without a terminal, --yes is required. Memory that it frees was garbage; what remains is still referenced, or is waiting for
        a finalizer. Run the command again to free what has been finalized since.
        Without -p or -n, pick the process from a list (on a terminal).

        Examples:
          dotnet-memtrace gc -p 1234
          dotnet-memtrace gc -n MyApp --yes --format json

        Exit codes: 0 collected (or declined); 1 no such process, or it cannot be attached to; 2 the runtime did not report the collection;
        3 invalid arguments, or no terminal and no --yes; 4 the runtime does not support diagnostics.
        """;

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Collect without asking." };

    private static readonly Option<GcFormat> Format = OptionFactory.Choice<GcFormat>("--format", "table (default) or json.");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("gc", Summary, Details);
        Process.RequireIn(command);
        command.Add(Yes);
        command.Add(Format);
        command.SetAction((parsed, cancellation) => !parsed.GetValue(Yes) && Console.IsInputRedirected
            ? Task.FromResult(CommandLine.Reject(parsed.CommandResult, "A collection pauses the process, and without a terminal the command cannot ask: confirm with --yes."))
            : new GcRun(parsed.GetValue(Format), !parsed.GetValue(Yes)).ExecuteAsync(() => Process.FindAsync(parsed, cancellation), cancellation));
        return command;
    }
}

/// <summary>Output formats of <see cref="GcCommand"/>.</summary>
internal enum GcFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>One run of <c>gc</c>: asks the user, forces the collection, shows its effect.</summary>
/// <param name="format">The output format.</param>
/// <param name="ask">Whether to ask the user first.</param>
internal sealed class GcRun(GcFormat format, bool ask)
{
    /// <summary>Runs.</summary>
    /// <param name="findProcess">Finds the id of the process.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync(Func<Task<int>> findProcess, CancellationToken cancellation)
    {
        try
        {
            await using var target = await Target.AttachAsync(await findProcess(), TargetOptions.AnswerTimeout, cancellation);
            if (ask && !await ConfirmAsync(target.Description, cancellation))
            {
                Console.Error.WriteLine("Cancelled; nothing was collected.");
                return ExitCode.Ok;
            }

            if (await CollectionInducer.InduceAsync(target, cancellation) is { } observed)
                return Write(target.Description, observed);
            Errors.Write("The runtime did not report the collection. Try again, or record with 'collect --gc-at-end'.");
            return ExitCode.TracingError;
        }
        catch (TargetException error)
        {
            Errors.Write(error.Message);
            return ExitCode.Of(error);
        }
    }

    private static Task<bool> ConfirmAsync(TargetDescription target, CancellationToken cancellation) =>
        Confirmation.AskAsync($"Pause {TerminalText.Clean(target.Name)} ({target.ProcessId}) for a full garbage collection?", cancellation);

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
