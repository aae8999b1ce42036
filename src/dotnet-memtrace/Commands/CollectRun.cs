using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
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
    /// <summary>From the request to stop until a launched program that does not end is killed.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>What leaving at once may take for clearing up.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(1);

    private Target? _target;

    /// <summary>Whether there is a terminal whose last line is ours.</summary>
    private bool HasStatusLine => !request.Quiet && !Console.IsErrorRedirected && !(request.ShowChildIo && targets.IsLaunch(parsed));

    /// <summary>Records.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync()
    {
        using var stop = new StopRequests(Leave);
        try
        {
            RefuseFile();
            await using var target = await targets.OpenAsync(parsed, request.ShowChildIo, stop.Requested);
            _target = target;
            return await RecordOrEndAsync(target, stop);
        }
        catch (TargetException error)
        {
            Errors.Write(error.Message);
            return error.Error == TargetError.AmbiguousName ? ExitCode.ArgumentError : ExitCode.SessionCreationError;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Errors.Write(error.Message);
            return ExitCode.TracingError;
        }
        catch (OperationCanceledException) when (stop.Requested.IsCancellationRequested)
        {
            Errors.Write("Stopped before the recording began.");
            return ExitCode.SessionCreationError;
        }
    }

    // A launched program ends with us, and the port that it came to is removed.
    private void Leave()
    {
        _target?.Kill();
        _target?.DisposeAsync().AsTask().Wait(LeaveLimit);
    }

    private async Task<int> RecordOrEndAsync(Target target, StopRequests stop)
    {
        try
        {
            return await RecordAsync(target, stop);
        }
        catch
        {
            target.Terminate();
            await EndWithinAsync(target, StopLimit);
            throw;
        }
    }

    private async Task<int> RecordAsync(Target target, StopRequests stop)
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
        var childCode = await EndLaunchedAsync(target, result, stop, stoppedAt);
        return result.End.Reason == EndReason.DiskFull ? ExitCode.TracingError : childCode ?? ExitCode.Ok;
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

    // A launched program ends with its recording. Its own end decides the exit code only if nobody asked for an end.
    private static async Task<int?> EndLaunchedAsync(Target target, RecordingResult result, StopRequests stop, long stoppedAt)
    {
        if (target.CommandExit is null)
            return null;
        var endedByItself = result.End.Reason is EndReason.TargetExited or EndReason.TargetKilled or EndReason.OutOfMemory;
        if (!endedByItself && stop.Signal != PosixSignal.SIGINT)
            target.Terminate();
        if (!endedByItself)
            await EndWithinAsync(target, StopLimit - TimeSpan.FromMilliseconds(Environment.TickCount64 - stoppedAt));

        var exit = await target.CommandExit;
        return endedByItself ? exit.ExitCode ?? 128 + exit.Signal : null;
    }

    // A program that was told to end gets a while for it.
    private static async Task EndWithinAsync(Target target, TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            await Task.WhenAny(target.CommandExit ?? Task.CompletedTask, Task.Delay(limit));
        target.Kill();
    }

    private void RefuseFile()
    {
        var file = request.Recording.File;
        if (file.Length == 0)
            return;
        if (Directory.Exists(file))
            throw new IOException($"{file} is a folder; --output names a file.");
        if (File.Exists(file) && !request.Recording.Overwrite)
            throw new IOException($"{file} exists; --force overwrites it.");
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new IOException($"There is no folder {folder}.");
    }

    private string FileFor(Target target)
    {
        if (request.Recording.File.Length > 0)
            return request.Recording.File;
        var name = target.Description.Name.Length > 0 ? target.Description.Name : "process";
        name = string.Concat(name.Split(Path.GetInvalidFileNameChars()));
        return string.Create(CultureInfo.InvariantCulture, $"{name}_{TimeProvider.System.GetLocalNow():yyyyMMdd_HHmmss}.nettrace");
    }

    private void SayWhatLiveCosts(RecordingOptions options)
    {
        if (options.Live && !request.Quiet)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"--live: every background collection now stops the process once more, about 0.1 s for each GB of small objects. After a stop of more than {options.MaxPause.TotalMilliseconds:F0} ms the recording goes on without survival."));
        }
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
