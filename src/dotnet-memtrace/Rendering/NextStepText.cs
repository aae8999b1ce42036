using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Words the next step of a finding or caveat as a command to run.</summary>
internal static class NextStepText
{
    /// <summary>Four times the default.</summary>
    private const string LargerBufferMB = "1024";

    /// <summary>The command.</summary>
    /// <param name="step">The step.</param>
    /// <param name="profile">The profile that it is about.</param>
    public static string Of(NextStep step, MemoryProfile profile) => step switch
    {
        NextStep.RecordSurvival => Attaching(profile, "collect", "--live"),
        NextStep.RecordSurvivalAndCollect => Attaching(profile, "collect", "--live --gc-at-end"),
        NextStep.Compare => $"dotnet-memtrace diff {File(profile)} AFTER.nettrace",
        NextStep.Collect => Attaching(profile, "gc"),
        NextStep.TakeHeapSnapshot => profile.Recording.HeapSnapshot is { } snapshot ? $"dotnet-memtrace heap {ShellText.Quote(snapshot)}" : Attaching(profile, "heap"),
        NextStep.ShowGenerations => Attaching(profile, "where"),
        NextStep.ListMappings => Attaching(profile, "where", "--maps"),
        NextStep.ListLiveObjects => Report(profile, "live"),
        NextStep.ListGrowth => Report(profile, "growth"),
        NextStep.ListLifetimes => Report(profile, "lifetimes"),
        NextStep.EnlargeBuffer => Attaching(profile, "collect", $"--buffersize {LargerBufferMB}"),
        _ => Report(profile, "breakdown"),
    };

    /// <summary>The command on a line of its own. If it has to wait until the process runs again, that comes first.</summary>
    /// <param name="step">The step.</param>
    /// <param name="profile">The profile that it is about.</param>
    public static string Line(NextStep step, MemoryProfile profile) =>
        step.MustWait(profile.Recording) ? $"Once the process runs again: {Of(step, profile)}" : Of(step, profile);

    /// <summary>The command after what it is for: <c>Record with a larger buffer: dotnet-memtrace collect ...</c>.</summary>
    /// <param name="purpose">What it is for, without a full stop.</param>
    /// <param name="step">The step.</param>
    /// <param name="profile">The profile that it is about.</param>
    public static string Sentence(string purpose, NextStep step, MemoryProfile profile) => Sentence(purpose, step.MustWait(profile.Recording), Of(step, profile));

    /// <summary>A leak hunt after what it is for.</summary>
    /// <param name="purpose">What it is for, without a full stop.</param>
    /// <param name="options">Its options.</param>
    /// <param name="profile">The profile of the process.</param>
    public static string LeakHunt(string purpose, string options, MemoryProfile profile) =>
        Sentence(purpose, profile.Recording.ProcessHasEnded, Attaching(profile, "collect", $"--leak {options}".TrimEnd()));

    private static string Sentence(string purpose, bool mustWait, string command) => $"{purpose}{(mustWait ? " once the process runs again" : "")}: {command}";

    private static string Attaching(MemoryProfile profile, string verb, string options = "") => $"dotnet-memtrace {verb} {Target(profile)} {options}".TrimEnd();

    private static string Report(MemoryProfile profile, string view) => $"dotnet-memtrace report {File(profile)} --view {view}";

    // A process that has ended leaves its name; its id will be another one.
    private static string Target(MemoryProfile profile) => profile switch
    {
        { Recording.ProcessHasEnded: true, Process.Name: { } name } => $"-n {ShellText.Quote(name)}",
        { Recording.ProcessHasEnded: true } => "-p PID",
        _ => string.Create(CultureInfo.InvariantCulture, $"-p {profile.Process.Id}"),
    };

    private static string File(MemoryProfile profile) => ShellText.Quote(profile.Recording.File);
}
