using System.CommandLine;
using Memtrace.Analysis;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;
using Spectre.Console;
using Recorder = Memtrace.Recording.Recorder;

namespace Memtrace.Tool.Commands;

/// <summary>What <c>collect</c> was asked for, apart from the target.</summary>
/// <param name="Recording">What to record. The file's name is empty where none was given.</param>
/// <param name="ShowChildIo">Whether a launched program shares the terminal.</param>
/// <param name="Quiet">Whether to say as little as possible.</param>
internal sealed record CollectRequest(RecordingOptions Recording, bool ShowChildIo, bool Quiet);

/// <summary>One run of <c>collect</c>: opens the target, records, says how it went.</summary>
internal sealed class CollectRun(ParseResult parsed, TargetOptions targets, CollectRequest request)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether there is a terminal whose last line is ours.</summary>
    private bool HasStatusLine => !request.Quiet && !Console.IsErrorRedirected && !(request.ShowChildIo && targets.IsLaunch(parsed));

    /// <summary>Records.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> ExecuteAsync() => new TargetSession(parsed, targets, request.ShowChildIo).RunAsync(RefuseFile, RecordAsync);

    private async Task<EndedRecording> RecordAsync(Target target, StopRequests stop)
    {
        var options = request.Recording with { File = FileFor(target) };
        SayWhatLiveCosts(options);
        var recorder = new Recorder(target, options);
        using var registration = stop.Requested.Register(recorder.Stop);
        var result = await WithStatusLineAsync(recorder, stop);
        var stoppedAt = Environment.TickCount64;

        Console.Error.WriteLine(RecordingEndText.Format(result, options));
        if (result.SurvivalStopped is { } reason)
            Console.Error.WriteLine($"Survival was recorded only in part: {reason}.");
        if (!request.Quiet)
            ShowFirstPage(result.File);
        return new EndedRecording(result, stoppedAt);
    }

    private async Task<RecordingResult> WithStatusLineAsync(Recorder recorder, StopRequests stop)
    {
        // The library would ask the standard input, too; without control codes it would write a new line each time.
        var settings = new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Interactive = InteractionSupport.Yes };
        var console = AnsiConsole.Create(settings);
        if (!HasStatusLine || !console.Profile.Capabilities.Ansi)
            return await recorder.RunAsync(CancellationToken.None);

        using var over = new CancellationTokenSource();
        var keys = Console.IsInputRedirected ? Task.CompletedTask : stop.WatchKeysAsync(over.Token);
        var recording = recorder.RunAsync(CancellationToken.None);
        var status = new RecordingStatus();

        // The spinner and a space stand in front of the text; the last column stays free, so that no terminal wraps.
        string Line() => Markup.Escape(status.Format(recorder.Progress, console.Profile.Width - 4));
        await console.Status().Spinner(Spinner.Known.Line).StartAsync(Line(), async context =>
        {
            while (!recording.IsCompleted)
            {
                context.Status = Line();
                await Task.WhenAny(recording, Task.Delay(StatusInterval));
            }
        });
        await over.CancelAsync();
        await keys;
        return await recording;
    }

    private void RefuseFile()
    {
        if (request.Recording.File is { Length: > 0 } file)
            OutputFile.RequireFree(file, request.Recording.Overwrite);
    }

    private string FileFor(Target target) => request.Recording.File.Length > 0 ? request.Recording.File : RecordingName.For(target.Description.Name);

    private void SayWhatLiveCosts(RecordingOptions options)
    {
        if (options.Live && !request.Quiet)
            LiveCost.Say(options);
    }

    private static void ShowFirstPage(string file)
    {
        try
        {
            ReportRenderer.Summary(RecordingAnalysis.Analyze(file, new AnalysisOptions()), ReportConsole.StandardOutput());
        }
        catch (RecordingException error)
        {
            Errors.Write(error.Message);
        }
    }
}
