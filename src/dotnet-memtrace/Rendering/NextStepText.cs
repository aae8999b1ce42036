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
    public static string Of(NextStep step, MemoryProfile profile) => "dotnet-memtrace " + step switch
    {
        NextStep.RecordSurvival => $"collect {Target(profile)} --live",
        NextStep.RecordSurvivalAndCollect => $"collect {Target(profile)} --live --gc-at-end",
        NextStep.Compare => $"diff {File(profile)} AFTER.nettrace",
        NextStep.Collect => $"gc {Target(profile)}",
        NextStep.TakeHeapSnapshot => $"heap {Target(profile)}",
        NextStep.ShowGenerations => $"where {Target(profile)}",
        NextStep.ListMappings => $"where {Target(profile)} --maps",
        NextStep.ListLiveObjects => $"report {File(profile)} --view live",
        NextStep.ListGrowth => $"report {File(profile)} --view growth",
        NextStep.ListLifetimes => $"report {File(profile)} --view lifetimes",
        NextStep.EnlargeBuffer => $"collect {Target(profile)} --buffersize {LargerBufferMB}",
        _ => $"report {File(profile)} --view breakdown",
    };

    /// <summary>The options that name the process, by name if the recorded one has ended.</summary>
    /// <param name="profile">The profile of the process.</param>
    public static string Target(MemoryProfile profile) => profile.Recording.ProcessHasEnded && profile.Process.Name is { } name
        ? $"-n {ShellText.Quote(name)}"
        : string.Create(CultureInfo.InvariantCulture, $"-p {profile.Process.Id}");

    private static string File(MemoryProfile profile) => ShellText.Quote(profile.Recording.File);
}
