using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Arguments;

namespace Memtrace.Tool.Commands;

/// <summary>What of a recording a command looks at.</summary>
/// <param name="Window">The part of its time.</param>
/// <param name="Filter">The types and methods, or null for all.</param>
internal sealed record Selection(AnalysisOptions Window, ProfileFilter? Filter)
{
    /// <summary>Whether it leaves anything out.</summary>
    public bool IsPart => Filter is not null || Window.FromSeconds is not null || Window.ToSeconds is not null;

    /// <summary>Reads a recording.</summary>
    /// <param name="file">The file.</param>
    /// <param name="needsSurvival">Whether nothing can be done without knowing what stays.</param>
    /// <returns>The profile of the window, without and with the filter.</returns>
    /// <exception cref="CommandException">It cannot be read, or does not hold what is needed, or the filter takes too long.</exception>
    public (MemoryProfile All, MemoryProfile Selected) Read(string file, bool needsSurvival)
    {
        try
        {
            var profile = RecordingAnalysis.Analyze(file, Window, CancellationToken.None);
            WarnOfOtherProcesses(file, profile, Window.Process);
            return profile.Live is null && needsSurvival
                ? throw new CommandException(ExitCode.TracingError, NoSurvival(file))
                : (profile, Filter?.Apply(profile) ?? profile);
        }
        catch (RecordingException error)
        {
            throw new CommandException(ExitCode.TracingError, error.Message);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new CommandException(ExitCode.ArgumentError, SelectionOptions.TooSlow(Filter, error));
        }
    }

    /// <summary>Says that a file holds other processes, too, unless one was chosen.</summary>
    /// <param name="file">The file.</param>
    /// <param name="profile">What is shown of it.</param>
    /// <param name="chosen">The process that was asked for, or null.</param>
    public static void WarnOfOtherProcesses(string file, MemoryProfile profile, string? chosen)
    {
        const int MostNames = 10;
        var others = profile.Recording.OtherProcesses;
        if (others.IsEmpty || chosen is not null)
            return;
        var names = string.Join(", ", others.Take(MostNames).Select(other => $"{other.Name} ({other.Id})")) + (others.Length > MostNames ? ", ..." : "");
        Errors.Warn(
            $"{file} holds {others.Length + 1} .NET processes. This is the one with the most events, {profile.Process.Name ?? "process"} ({profile.Process.Id}). "
            + $"Choose another with --process: {names}.");
    }

    private static string NoSurvival(string file) =>
        $"{file} does not say what survives, so nothing can be told of what stays: record with 'dotnet-memtrace collect --live'.";
}
