using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Words the next step of a finding as a command to run.</summary>
internal static class NextStepText
{
    /// <summary>Four times the default.</summary>
    private const string LargerBufferMB = "1024";

    /// <summary>The command.</summary>
    /// <param name="step">The step.</param>
    /// <param name="profile">The profile with the finding.</param>
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

    /// <summary>What the step is for, and the command.</summary>
    /// <param name="step">The step.</param>
    /// <param name="profile">The profile with the finding.</param>
    public static string Sentence(NextStep step, MemoryProfile profile) => $"{Purpose(step)}: {Of(step, profile)}";

    private static string Purpose(NextStep step) => step switch
    {
        NextStep.RecordSurvival => "Record what survives collections",
        NextStep.RecordSurvivalAndCollect => "Record what survives a full collection",
        NextStep.Compare => "Record again after a change, and compare",
        NextStep.Collect => "Force a full collection",
        NextStep.TakeHeapSnapshot => "Take a heap snapshot",
        NextStep.ShowGenerations => "See the generation sizes",
        NextStep.ListMappings => "List the memory mappings",
        NextStep.ListLiveObjects => "List the live objects",
        NextStep.ListGrowth => "List the call sites that grow",
        NextStep.ListLifetimes => "List how long objects live",
        NextStep.EnlargeBuffer => "Record with a larger buffer",
        _ => "List where the memory is",
    };

    /// <summary>The options that name the process, by name if the recorded one has ended.</summary>
    /// <param name="profile">The profile of the process.</param>
    public static string Target(MemoryProfile profile) => profile.Recording.ProcessHasEnded && profile.Process.Name is { } name
        ? $"-n {ShellText.Quote(name)}"
        : string.Create(CultureInfo.InvariantCulture, $"-p {profile.Process.Id}");

    private static string File(MemoryProfile profile) => ShellText.Quote(profile.Recording.File);
}
