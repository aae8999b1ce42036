using Memtrace.Analysis;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Commands.Heap;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>The part of a recording that a command shows.</summary>
/// <param name="Window">The time window.</param>
/// <param name="Filter">The types and methods; null for all.</param>
internal sealed record Selection(AnalysisOptions Window, ProfileFilter? Filter)
{
    /// <summary>Reads the window of a file.</summary>
    public Func<string, AnalysisOptions, MemoryProfile> Source { get; init; } = (file, window) => RecordingAnalysis.Analyze(file, window);

    /// <summary>Whether survival data is required.</summary>
    public bool NeedsSurvival { get; init; }

    /// <summary>Whether it leaves anything out.</summary>
    public bool IsPart => Filter is not null || Window.FromSeconds is not null || Window.ToSeconds is not null;

    /// <summary>Reads a recording.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="CommandException">It cannot be read, or lacks the required data.</exception>
    public SelectedProfile Read(string file)
    {
        try
        {
            var profile = Source(file, Window);
            WarnOfOtherProcesses(file, profile, Window.Process);
            RequireWindow(file, profile.Recording);
            if (profile.Live is null && NeedsSurvival)
                throw new CommandException(ExitCode.TracingError, NoSurvival(file, profile.Recording));
            var selected = Filter?.Apply(profile) ?? profile;
            if (IsEmpty(selected) && !IsEmpty(profile))
                Errors.Warn($"{file}: nothing matches the filter.");
            return new SelectedProfile(profile, selected);
        }
        catch (RecordingException error)
        {
            throw new CommandException(ExitCode.TracingError, SnapshotInput.IsOne(file) ? IsHeap(file) : FailureText.Of(error));
        }
    }

    /// <summary>Reads a recording; if it cannot be read, reports why, so that others are still read.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Null if it cannot be read, or lacks the required data.</returns>
    public SelectedProfile? TryRead(string file)
    {
        try
        {
            return Read(file);
        }
        catch (CommandException error)
        {
            Errors.Write(error.Message);
            return null;
        }
    }

    private static string IsHeap(string file) => $"{file} is a heap snapshot, not a recording. Read it with 'dotnet-memtrace heap {file}'.";

    /// <summary>Warns that a file contains further processes, unless one was chosen.</summary>
    /// <param name="file">The file.</param>
    /// <param name="profile">The profile of the process shown.</param>
    /// <param name="chosen">The process chosen by the user, or null.</param>
    private static void WarnOfOtherProcesses(string file, MemoryProfile profile, string? chosen)
    {
        const int MostNames = 10;
        var others = profile.Recording.OtherProcesses;
        if (others.IsEmpty || chosen is not null)
            return;
        var names = string.Join(", ", others.Take(MostNames).Select(other => $"{other.Name} ({other.Id})")) + (others.Length > MostNames ? ", ..." : "");
        Errors.Warn(
            $"{file} contains {others.Length + 1} .NET processes. Showing the one with the most events, {profile.Process.Name ?? "process"} ({profile.Process.Id}). "
            + $"Choose another with --process: {names}.");
    }

    /// <summary>A recording without events has no length, so no window can be inside it.</summary>
    private void RequireWindow(string file, RecordingDescription recording)
    {
        if (Window.FromSeconds is { } from && from > 0 && recording.DurationSeconds <= 0)
            throw new CommandException(ExitCode.TracingError, $"{file}: the recording ends before {Duration.Format(from)}, where the time window begins.");
    }

    private static bool IsEmpty(MemoryProfile profile) => profile.Allocations.Stacks.IsEmpty && (profile.Live is not { } live || live.End.Stacks.IsEmpty && live.Peak.Stacks.IsEmpty);

    private static string NoSurvival(string file, RecordingDescription recording) => recording.SurvivalTracking
        ? $"{file} has no survival data, because no collection has reported any: record for longer, or with 'dotnet-memtrace collect --live --gc-at-end'."
        : $"{file} has no survival data: record with 'dotnet-memtrace collect --live'.";
}

/// <summary>A profile of a time window.</summary>
/// <param name="All">The profile before the filter.</param>
/// <param name="Selected">The profile after the filter.</param>
internal sealed record SelectedProfile(MemoryProfile All, MemoryProfile Selected);
