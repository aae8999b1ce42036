using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>Why a recording ended, in plain words.</summary>
internal static class EndReasonText
{
    /// <summary>The reason in plain words.</summary>
    /// <param name="reason">The reason.</param>
    public static string Of(EndReason reason) => reason switch
    {
        EndReason.Stopped => "stopped by the user",
        EndReason.Duration => "duration reached",
        EndReason.TargetExited => "the process exited",
        EndReason.TargetKilled => "the process was killed",
        EndReason.OutOfMemory => "the process was killed by the OOM killer",
        EndReason.SizeLimit => "the file reached its size limit",
        EndReason.DiskFull => "the disk was full",
        EndReason.StreamEnded => "the process stopped sending events",
        EndReason.StreamDamaged => "the event stream of the process was damaged",
        _ => "unknown reason",
    };
}
