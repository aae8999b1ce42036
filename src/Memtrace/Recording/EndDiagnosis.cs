using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>Finds out how a recording ended: what became of the target, if its stream ended by itself.</summary>
/// <param name="target">The process.</param>
/// <param name="data">The data stream.</param>
/// <param name="merger">Writes the file.</param>
/// <param name="sampler">Samples the operating system's figures.</param>
/// <param name="time">The clock.</param>
internal sealed class EndDiagnosis(Target target, DataStream data, RecordingMerger merger, MemorySampler sampler, TimeProvider time)
{
    /// <summary>Part of the 5 s within which a recording stops.</summary>
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(2);

    private const int SigKill = 9;

    /// <summary>Describes the end.</summary>
    /// <param name="reason">Why the recording stopped.</param>
    public async Task<RecordingEnd> DescribeAsync(EndReason reason) => reason switch
    {
        EndReason.DiskFull => new RecordingEnd(reason, Detail: merger.Failure!.Message),
        EndReason.StreamDamaged => new RecordingEnd(reason, Detail: data.Damage),
        EndReason.StreamEnded => await DescribeExitAsync(),
        _ when data.IsAbandoned => new RecordingEnd(reason, Detail: "the process did not answer the request to stop; its last events are missing") { IsTruncated = true },
        _ => new RecordingEnd(reason, Detail: data.Damage),
    };

    /// <summary>Describes the end of a process of which nothing was recorded.</summary>
    /// <param name="target">The process.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Null if it is still running.</returns>
    public static async Task<RecordingEnd?> OfUnrecordedAsync(Target target, TimeProvider time)
    {
        if (!await target.ExitsWithinAsync(ExitLimit, time))
            return null;
        var exit = await target.Exit;
        return new RecordingEnd(exit.Signal is null ? EndReason.TargetExited : EndReason.TargetKilled, exit.ExitCode, exit.Signal);
    }

    // The data stream ends when the target does, so the target's exit says more than the end of the stream.
    private async Task<RecordingEnd> DescribeExitAsync()
    {
        sampler.Sample();
        if (!await target.ExitsWithinAsync(ExitLimit, time))
            return new RecordingEnd(EndReason.StreamEnded, Detail: "the process closed the stream but is still running");

        var exit = await target.Exit;
        sampler.Sample();

        // A runtime that handles SIGTERM ends its streams and exits with 128 + the signal number.
        if (data.EndedCleanly)
            return new RecordingEnd(EndReason.TargetExited, exit.ExitCode ?? 128 + exit.Signal);

        // A stream that breaks off is what tells a signal from an exit code that looks like one.
        var signal = exit.Signal ?? exit.PossibleSignal;
        if (exit.ExitCode is not null && signal is null)
            return new RecordingEnd(EndReason.TargetExited, exit.ExitCode);

        // The OOM killer sends an ordinary SIGKILL. That it was active during the recording is the best evidence available.
        var isOutOfMemory = signal is null or SigKill && sampler.OomKilled;
        return new RecordingEnd(isOutOfMemory ? EndReason.OutOfMemory : EndReason.TargetKilled, null, signal);
    }
}
