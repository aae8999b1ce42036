using System.Globalization;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;

namespace Memtrace.Tool.Rendering;

/// <summary>How a recording ended, in one line.</summary>
internal static class RecordingEndText
{
    /// <summary>The line.</summary>
    /// <param name="result">The result of the recording.</param>
    /// <param name="options">The options of the recording.</param>
    public static string Format(RecordingResult result, RecordingOptions options)
    {
        var line = $"{Reason(result, options, "Recorded")}: {TerminalText.Clean(result.File)} ({ByteSize.Format(result.FileSize)})";
        if (result.LostEvents > 0)
            line += string.Create(CultureInfo.InvariantCulture, $", {result.LostEvents} events lost");
        return result.End.IsTruncated ? $"{line}. {Sentence(result.End.Detail)}" : line;
    }

    /// <summary>Why it ended.</summary>
    /// <param name="result">The result of the recording.</param>
    /// <param name="options">The options of the recording.</param>
    /// <param name="done">The word before the duration: <c>Recorded</c>, <c>Watched</c>.</param>
    public static string Reason(RecordingResult result, RecordingOptions options, string done) => Reason(result.End, options) ?? $"{done} for {Duration.Format(result.Duration.TotalSeconds)}";

    private static string? Reason(RecordingEnd end, RecordingOptions options) => end.Reason switch
    {
        EndReason.Stopped => "Stopped",
        EndReason.Duration => null,
        EndReason.TargetExited when end.ExitCode is { } code => string.Create(CultureInfo.InvariantCulture, $"The process exited with code {code}"),
        EndReason.TargetExited => "The process exited",
        EndReason.TargetKilled when end.Signal is { } signal => $"The process was killed by {SignalName(signal)}",
        EndReason.TargetKilled => "The process was killed",
        EndReason.OutOfMemory => "The process was killed by the OOM killer",
        EndReason.SizeLimit => $"The file has reached {ByteSize.Format(options.MaxSize ?? 0)}",
        EndReason.DiskFull => $"The file cannot grow any further ({TerminalText.Clean(FileFailure.WithoutPath(end.Detail ?? ""))}){Unfinished(options)}",
        EndReason.StreamEnded => "The process closed the event stream, but is still running",
        EndReason.StreamDamaged => $"The process's event stream is damaged ({TerminalText.Clean(end.Detail ?? "")})",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end.Reason, "Unknown reason."),
    };

    // It would pause the process for nothing.
    private static string Unfinished(RecordingOptions options) => options switch
    {
        { SnapshotAtEnd: not null } => ", so no heap snapshot was taken at the end",
        { CollectAtEnd: true } => ", so no full collection was forced at the end",
        _ => "",
    };

    private static string Sentence(string? text) => string.IsNullOrEmpty(text) ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    // signal(7), the numbers that are the same on x86, ARM and macOS.
    private static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
    };
}
