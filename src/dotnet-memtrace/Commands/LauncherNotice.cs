using Memtrace.Processes;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>
/// Says on standard error whose process a launch records: the first .NET process of the command is not the user's program if that is only a launcher, such as
/// <c>dotnet run</c> or PowerShell.
/// </summary>
internal static class LauncherNotice
{
    private const int MaxPrograms = 5;

    /// <summary>Interval between two searches for programs that the recorded process starts.</summary>
    private static readonly TimeSpan SearchInterval = TimeSpan.FromSeconds(1);

    /// <summary>Warns of a command of the SDK before it is recorded.</summary>
    /// <param name="command">The command to launch.</param>
    /// <param name="verb">The verb that launches it.</param>
    public static void Announce(IReadOnlyList<string> command, string verb)
    {
        if (SdkCommand.VerbOf(command) is { } sdkVerb)
        {
            Errors.Warn(
                $"'dotnet {sdkVerb}' is a command of the SDK: only its own process is recorded, not the program that it builds or starts. "
                + $"Build first, then launch the program itself: dotnet-memtrace {verb} -- dotnet PATH/TO/APP.dll");
        }
    }

    /// <summary>Searches for the other programs of the command until the recording ends.</summary>
    /// <param name="target">The recorded process.</param>
    /// <param name="recording">Its recording.</param>
    public static async Task<StartedPrograms> SearchAsync(Target target, Task<RecordingResult> recording)
    {
        var started = new StartedPrograms(target);
        while (await Task.WhenAny(recording, Task.Delay(SearchInterval)) != recording)
            started.Search();

        // A program may have started just now.
        started.Search();
        return started;
    }

    /// <summary>Names the other programs of the command, with the commands that record them.</summary>
    /// <param name="recorded">The recorded process.</param>
    /// <param name="started">The programs.</param>
    /// <param name="verb">The verb that launched it.</param>
    public static void Write(TargetDescription recorded, IReadOnlyList<StartedProgram> started, string verb)
    {
        if (started.Count == 0)
            return;
        Errors.Warn(
            $"only {recorded.Name} ({recorded.ProcessId}) was recorded. The command started {Count.Things(started.Count, "other .NET program", "other .NET programs")}, not recorded:");
        foreach (var program in started.Take(MaxPrograms))
        {
            Console.Error.WriteLine(TerminalText.Clean($"  {program.Name} ({program.Id}): dotnet-memtrace {verb} -- {ShellText.Join(program.Command)}"));
            Console.Error.WriteLine(TerminalText.Clean($"    or, while it runs: dotnet-memtrace collect -n {ShellText.Quote(program.Name)}"));
        }
    }
}
