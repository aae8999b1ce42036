using System.Runtime.InteropServices;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Sessions;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary>A recording that has ended.</summary>
/// <param name="Result">Its result.</param>
/// <param name="EndedAt">When it ended, as a timestamp of the clock.</param>
internal sealed record EndedRecording(RecordingResult Result, long EndedAt)
{
    /// <summary>Runs when a launched command has ended too, which may be after the target.</summary>
    public Action? AfterCommand { get; init; }
}

/// <summary>Opens the target of a command, ends it if it was launched, and determines the exit code.</summary>
/// <param name="open">Opens the target.</param>
internal sealed class TargetSession(Func<CancellationToken, Task<Target>> open)
{
    /// <summary>How long after a stop request a launched program that does not exit is killed.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    /// <summary>Time limit for cleaning up when exiting at once.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(1);

    private Target? _target;

    /// <summary>Opens the target and records it.</summary>
    /// <param name="prepare">Checks that run before the target is opened.</param>
    /// <param name="record">Records until something ends the recording.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Action prepare, Func<Target, StopRequests, Task<EndedRecording>> record)
    {
        using var stop = new StopRequests(Leave);
        try
        {
            prepare();
            await using var target = await open(stop.Requested);
            _target = target;
            await WarnOfOtherToolsAsync(target, stop.Requested);
            return await RecordOrEndAsync(target, stop, record);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or RecordingException)
        {
            Errors.Write(error);
            return ExitCode.TracingError;
        }
        catch (OperationCanceledException) when (stop.Requested.IsCancellationRequested)
        {
            return Errors.Fail(ExitCode.Cancelled, "Cancelled before the recording started.");
        }
    }

    private static async Task WarnOfOtherToolsAsync(Target target, CancellationToken cancellation)
    {
        if (await OtherTools.AreConnectedAsync(target, TimeProvider.System, cancellation) == true)
            Notice.Write("Another diagnostic tool is connected to this process. While this one samples allocations, the other receives no allocation ticks.");
    }

    // A launched program ends with the tool, and its diagnostic port is removed. Waits, because the process exits right after this.
    private void Leave()
    {
        _target?.Kill();
        _target?.DisposeAsync().AsTask().Wait(LeaveLimit);
    }

    private static async Task<int> RecordOrEndAsync(Target target, StopRequests stop, Func<Target, StopRequests, Task<EndedRecording>> record)
    {
        try
        {
            var ended = await record(target, stop);
            var result = ended.Result;
            var childCode = await EndLaunchedAsync(target, result, stop, ended.EndedAt);
            ended.AfterCommand?.Invoke();
            return result.End.Reason is EndReason.DiskFull or EndReason.StreamDamaged ? ExitCode.TracingError : childCode ?? ExitCode.Ok;
        }
        catch
        {
            target.Terminate();
            await EndWithinAsync(target, StopLimit);
            throw;
        }
    }

    // A launched program ends with its recording. Its exit code is passed on only if it exited by itself.
    private static async Task<int?> EndLaunchedAsync(Target target, RecordingResult result, StopRequests stop, long endedAt)
    {
        if (target.CommandExit is null)
            return null;
        var endedByItself = result.End.Reason.IsProcessEnd();
        if (!endedByItself && stop.Signal != PosixSignal.SIGINT)
            target.Terminate();
        if (!endedByItself)
            await EndWithinAsync(target, StopLimit - TimeProvider.System.GetElapsedTime(endedAt));

        var exit = await target.CommandExit;
        return endedByItself ? exit.ExitCode ?? 128 + exit.Signal : null;
    }

    // A program that was told to exit gets some time to do so.
    private static async Task EndWithinAsync(Target target, TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            await Task.WhenAny(target.CommandExit ?? Task.CompletedTask, Task.Delay(limit));
        target.Kill();
    }
}
