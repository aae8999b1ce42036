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
        collects; without a terminal, --yes is required. Memory that it frees was garbage; what remains is still referenced, or is garbage that
        waits for its finalizers. --finalizers waits until these have run, and collects once more, which pauses the process a second time. On a
        terminal, the command offers to do so if much is waiting.
        Without -p or -n, pick the process from a list (on a terminal).

        Examples:
          dotnet-memtrace gc -p 1234
          dotnet-memtrace gc -p 1234 --finalizers
          dotnet-memtrace gc -n MyApp --yes --format json

        Exit codes: 0 collected; 1 no such process, or it cannot be attached to; 2 no collection took place, or the runtime
        did not report it; 3 invalid arguments, or no terminal and no --yes; 4 the runtime does not support diagnostics;
        130 cancelled.
        """;

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Collect without asking." };

    private static readonly Option<TimeSpan?> Finalizers = OptionFactory.OptionalTime(
        "--finalizers", "Wait for the finalizers of dead objects, at most this long, and collect once more. [default: 30s]", GcRun.FinalizerLimit);

    private static readonly Option<GcFormat> Format = OptionFactory.Choice<GcFormat>("--format", "table (default) or json.");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("gc", Summary, Details);
        Process.RequireIn(command);
        command.Add(Yes);
        command.Add(Finalizers);
        command.Add(Format);
        command.SetAction((parsed, cancellation) => !parsed.GetValue(Yes) && Console.IsInputRedirected
            ? Task.FromResult(RequireConfirmation(parsed))
            : new GcRun(parsed.GetValue(Format), !parsed.GetValue(Yes), parsed.GetValue(Finalizers)).ExecuteAsync(() => Process.FindAsync(parsed, cancellation), cancellation));
        return command;
    }

    private static int RequireConfirmation(ParseResult parsed)
    {
        Process.RequireRunning(parsed);
        return CommandLine.Reject(parsed.CommandResult, "A collection pauses the process, and without a terminal the command cannot ask: confirm with --yes.");
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

/// <summary>One run of <c>gc</c>: asks the user, forces the collection, shows its effect; the same again for what waited for finalizers.</summary>
/// <param name="format">The output format.</param>
/// <param name="ask">Whether to ask the user before each collection.</param>
/// <param name="finalizers">How long to wait for finalizers before a second collection; null: the user decides.</param>
internal sealed class GcRun(GcFormat format, bool ask, TimeSpan? finalizers)
{
    /// <summary>How long to wait for finalizers if nothing else is given.</summary>
    public static readonly TimeSpan FinalizerLimit = TimeSpan.FromSeconds(30);

    // Every process has a few dead objects with finalizers: they are not worth another pause.
    private const long LeastBytes = 1 << 20;
    private const long LeastObjects = 100;

    /// <summary>Runs.</summary>
    /// <param name="findProcess">Finds the id of the process.</param>
    /// <param name="cancellation">Cancels the run.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync(Func<Task<int>> findProcess, CancellationToken cancellation)
    {
        await using var target = await Target.AttachAsync(await findProcess(), TargetOptions.AnswerTimeout, cancellation);
        if (!ask || await ConfirmAsync(target.Description, cancellation))
            return await CollectAsync(target, cancellation);
        Console.Error.WriteLine("Cancelled; nothing was collected.");
        return ExitCode.Cancelled;
    }

    private static Task<bool> ConfirmAsync(TargetDescription target, CancellationToken cancellation) =>
        Confirmation.AskAsync($"Pause {TerminalText.Clean(target.Name)} ({target.ProcessId}) for a full garbage collection?", cancellation);

    private async Task<int> CollectAsync(Target target, CancellationToken cancellation)
    {
        using var inducer = await CollectionInducer.StartAsync(target, TimeProvider.System, cancellation);
        var reply = await inducer.CollectAsync(cancellation);
        if (reply.Observed is { } observed)
            return await (format == GcFormat.Json ? WriteJsonAsync(target, inducer, observed, cancellation) : WriteTablesAsync(target, inducer, observed, cancellation));
        Errors.Write(reply.IsIgnored
            ? "No collection took place: the runtime ignored the request."
            : "The runtime did not report the collection. Try again, or record with 'collect --gc-at-end'.");
        return ExitCode.TracingError;
    }

    // The first collection is shown before the user decides on the second.
    private async Task<int> WriteTablesAsync(Target target, CollectionInducer inducer, ObservedCollection observed, CancellationToken cancellation)
    {
        var page = new ReportPage(ReportConsole.StandardOutput(null));
        HeaderSection.WriteProcess(page, Describe(target.Description));
        FullCollectionSection.Write(page, observed);
        var limit = await WaitingTimeAsync(observed.Collection, cancellation);
        var second = await CollectFinalizedAsync(inducer, limit, cancellation);
        if (second is not null)
            FullCollectionSection.Write(page, second);
        else if (limit is null && IsWorthASecond(observed.Collection))
            FullCollectionSection.WriteAdvice(page);
        return ExitCodeOf(limit, second);
    }

    private async Task<int> WriteJsonAsync(Target target, CollectionInducer inducer, ObservedCollection observed, CancellationToken cancellation)
    {
        var limit = observed.Collection.KeptForFinalizers ? finalizers : null;
        var second = await CollectFinalizedAsync(inducer, limit, cancellation);
        using var output = Console.OpenStandardOutput();
        JsonFullCollection.Write(output, Describe(target.Description), observed, second);
        output.Write("\n"u8);
        return ExitCodeOf(limit, second);
    }

    /// <summary>How long to wait for finalizers; null if there is to be no second collection.</summary>
    private async Task<TimeSpan?> WaitingTimeAsync(FullCollection collection, CancellationToken cancellation)
    {
        if (!collection.KeptForFinalizers)
            return null;
        if (finalizers is not null || !ask || !IsWorthASecond(collection))
            return finalizers;
        return await Confirmation.AskAsync("Wait for the finalizers, and pause the process for a second collection?", cancellation) ? FinalizerLimit : null;
    }

    private static bool IsWorthASecond(FullCollection collection) =>
        collection.FinalizableObjects >= LeastObjects || (collection.FinalizableBytes ?? 0) + (collection.QueuedBytes ?? 0) >= LeastBytes;

    private static async Task<SecondCollection?> CollectFinalizedAsync(CollectionInducer inducer, TimeSpan? limit, CancellationToken cancellation)
    {
        if (limit is not { } time)
            return null;
        Notice.Write($"Waiting for finalizers, at most {Duration.Format(time.TotalSeconds)}...");
        return await inducer.CollectFinalizedAsync(time, cancellation);
    }

    private static int ExitCodeOf(TimeSpan? limit, SecondCollection? second)
    {
        if (limit is null || second is not null)
            return ExitCode.Ok;
        Errors.Write("The runtime did not report the second collection.");
        return ExitCode.TracingError;
    }

    private static ProcessDescription Describe(TargetDescription target) => new(
        target.ProcessId, target.Name, target.CommandLine, target.RuntimeVersion, target.Architecture, target.OperatingSystem, target.ProcessorCount, null, null);
}
