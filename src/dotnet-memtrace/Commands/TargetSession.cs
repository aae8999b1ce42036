using System.CommandLine;
using System.Runtime.InteropServices;
using Memtrace.Processes;
using Memtrace.Recording;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary>A recording that has ended.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="EndedAt">When it ended, by <see cref="Environment.TickCount64"/>.</param>
internal sealed record EndedRecording(RecordingResult Result, long EndedAt);

/// <summary>What a command does with its target: opens it, ends it where it was launched, and makes an exit code of how it went.</summary>
/// <param name="parsed">The command line.</param>
/// <param name="targets">Its options that name the target.</param>
/// <param name="showChildIo">Whether a launched program shares the terminal.</param>
internal sealed class TargetSession(ParseResult parsed, TargetOptions targets, bool showChildIo)
{
    /// <summary>From the request to stop until a launched program that does not end is killed.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    /// <summary>What leaving at once may take for clearing up.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(1);

    private Target? _target;

    /// <summary>Opens the target and has it recorded.</summary>
    /// <param name="prepare">What may fail before.</param>
    /// <param name="record">Records until something ends it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Action prepare, Func<Target, StopRequests, Task<EndedRecording>> record)
    {
        using var stop = new StopRequests(Leave);
        try
        {
            prepare();
            await using var target = await targets.OpenAsync(parsed, showChildIo, stop.Requested);
            _target = target;
            return await RecordOrEndAsync(target, stop, record);
        }
        catch (CommandException error)
        {
            Errors.Write(error.Message);
            return error.ExitCode;
        }
        catch (TargetException error)
        {
            Errors.Write(error.Message);
            return ExitCode.Of(error);
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

    private static async Task<int> RecordOrEndAsync(Target target, StopRequests stop, Func<Target, StopRequests, Task<EndedRecording>> record)
    {
        try
        {
            var (result, endedAt) = await record(target, stop);
            var childCode = await EndLaunchedAsync(target, result, stop, endedAt);
            return result.End.Reason is EndReason.DiskFull or EndReason.StreamDamaged ? ExitCode.TracingError : childCode ?? ExitCode.Ok;
        }
        catch
        {
            target.Terminate();
            await EndWithinAsync(target, StopLimit);
            throw;
        }
    }

    // A launched program ends with its recording. Its own end decides the exit code only if nobody asked for an end.
    private static async Task<int?> EndLaunchedAsync(Target target, RecordingResult result, StopRequests stop, long endedAt)
    {
        if (target.CommandExit is null)
            return null;
        var endedByItself = result.End.Reason is EndReason.TargetExited or EndReason.TargetKilled or EndReason.OutOfMemory;
        if (!endedByItself && stop.Signal != PosixSignal.SIGINT)
            target.Terminate();
        if (!endedByItself)
            await EndWithinAsync(target, StopLimit - TimeSpan.FromMilliseconds(Environment.TickCount64 - endedAt));

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
}
