using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Sessions;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

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
