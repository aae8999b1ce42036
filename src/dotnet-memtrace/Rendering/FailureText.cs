using System.Globalization;
using Memtrace.HeapSnapshots;
using Memtrace.Processes;
using Memtrace.Reading;

namespace Memtrace.Tool.Rendering;

/// <summary>Words a failure of the library, with the option or the command that helps: the library knows neither.</summary>
internal static class FailureText
{
    /// <summary>What is wrong, and what to do about it.</summary>
    /// <param name="failure">The failure.</param>
    public static string Of(Exception failure) => PathOf(failure) is { } path ? $"cannot open {path}: {OfNewFile(failure)}" : Join(failure.Message, failure switch
    {
        TargetException target => Advice(target.Error),
        HeapSnapshotException { Remedy: { } remedy } => Advice(remedy),
        OtherFileException or { InnerException: OtherFileException } => "Read it with 'dotnet-memtrace heap'.",
        _ => null,
    });

    /// <summary>What stands in the way of a snapshot, and what to do about it.</summary>
    /// <param name="obstacle">The obstacle.</param>
    public static string Of(HeapObstacle obstacle) => Join(obstacle.Message, obstacle.Remedy is { } remedy ? Advice(remedy) : null);

    /// <summary>Why a file cannot be read, for a message that names the file already.</summary>
    /// <param name="failure">The failure.</param>
    public static string OfFile(Exception failure) => FileFailure.ReasonToRead(failure) + ".";

    /// <summary>Why a file cannot be written, for a message that names the file already.</summary>
    /// <param name="failure">The failure.</param>
    public static string OfNewFile(Exception failure) => FileFailure.ReasonToWrite(failure) + ".";

    /// <summary>Why standard output cannot be written.</summary>
    /// <param name="failure">The failure.</param>
    public static string OfOutput(Exception failure) => failure is UnauthorizedAccessException ? "it is not open for writing." : OfFile(failure);

    /// <summary>The file that a message of .NET names in quotes; null if there is none.</summary>
    private static string? PathOf(Exception failure) =>
        failure is UnauthorizedAccessException or IOException && failure.Message.Split('\'') is [_, var path, _] && path.Length > 0 && failure.Message.IndexOf(" '", StringComparison.Ordinal) > 0 ? path : null;

    private static string Join(string message, string? advice) => advice is null ? message : $"{message} {advice}";

    private static string? Advice(TargetError error) => error switch
    {
        TargetError.AmbiguousName => "Choose one with --process-id.",
        TargetError.UnidentifiedSocket => "Name the socket with collect, monitor or heap --diagnostic-port PATH,connect.",
        TargetError.NotStarted => "If it is waiting for a diagnostic tool, add --resume-runtime.",
        _ => null,
    };

    private static string Advice(HeapRemedy remedy) => remedy.Kind switch
    {
        HeapRemedyKind.EnlargeBuffer => string.Create(CultureInfo.InvariantCulture, $"Try 'dotnet-memtrace heap{Target(remedy)} --buffersize {remedy.BufferSizeMB}'."),
        HeapRemedyKind.LeaveOutReferences => $"Try 'dotnet-memtrace heap{Target(remedy)} --no-references'.",
        HeapRemedyKind.RaiseLimit => "Raise the limit.",
        HeapRemedyKind.UseLargerMachine => "Take it on a larger machine.",
        HeapRemedyKind.KeepCopyOnDisk => "Keep the copy on a disk with --spill DIR.",
        HeapRemedyKind.NameLibrary => "Then name that folder with 'dotnet-memtrace heap --dac DIR'.",
        HeapRemedyKind.TakeByEvents => "Take it with 'dotnet-memtrace heap --events', or with 'collect --heap-at-end'.",
        HeapRemedyKind.TakeThere => "Or, while the process still runs there, take a snapshot with 'dotnet-memtrace heap -p PID -o FILE.memsnap', which can be read anywhere.",
        HeapRemedyKind.RecordSurvival => "Record with 'dotnet-memtrace collect --live'.",
        _ => "Read it with 'dotnet-memtrace report'; take a snapshot with 'dotnet-memtrace heap -p PID'.",
    };

    private static string Target(HeapRemedy remedy) => remedy.ProcessId is { } id ? string.Create(CultureInfo.InvariantCulture, $" -p {id}") : "";
}
