using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>All rules. docs/findings.md describes each and gives the reasons for its thresholds.</summary>
internal static class FindingRules
{
    /// <summary>Says where the memory is. It comes before all others, which are about parts of it.</summary>
    private static readonly IFindingRule Orientation = new WhereRule();

    private static readonly ImmutableArray<IFindingRule> Problems =
    [
        new ManagedLeakRule(),
        new HeapGrowthRule(),
        new NativeGrowthRule(),
        new MallocArenasRule(),
        new MallocHeapRule(),
        new HandleGrowthRule(),
        new MappingLimitRule(),
        new CommittedFreeRule(),
        new LohFragmentationRule(),
        new LohChurnRule(),
        new PinnedFragmentationRule(),
        new MidLifeCrisisRule(),
        new TimeInGcRule(),
        new InducedCollectionsRule(),
        new NoFullCollectionRule(),
        new OlderHeapRule(),
        new FinalizerBacklogRule(),
        new ThreadGrowthRule(),
        new CodeGrowthRule(),
        new MappedFilesRule(),
        new ContainerLimitRule(),
        new GcLimitRule(),
        new SwapRule(),
    ];

    /// <summary>Says that nothing looks wrong, so it applies only if no other rule has warned.</summary>
    private static readonly IFindingRule Reassurance = new SteadyRule();

    /// <summary>The ids of findings that report a problem, in alphabetical order.</summary>
    public static ImmutableArray<string> ProblemIds { get; } = [.. Problems.Select(rule => rule.Id).Order(StringComparer.Ordinal)];

    /// <summary>The findings of a profile: where the memory is, then the most important first. Empty if nothing stands out.</summary>
    /// <param name="profile">The profile, complete except for its findings.</param>
    public static ImmutableArray<Finding> Apply(MemoryProfile profile)
    {
        profile = profile.OfProgram();
        var problems = Evaluate(profile, Problems);
        var reassurance = problems.Any(problem => problem.Finding.Severity > FindingSeverity.Info) ? [] : Evaluate(profile, [Reassurance]);
        var ordered = problems.Concat(reassurance)
            .OrderByDescending(conclusion => conclusion.Finding.Severity)
            .ThenByDescending(conclusion => conclusion.Weight);
        return [.. Evaluate(profile, [Orientation]).Concat(ordered).Select(conclusion => Feasible(conclusion.Finding, profile.Process))];
    }

    /// <summary>The finding without advice that the runtime of the process does not support.</summary>
    private static Finding Feasible(Finding finding, ProcessDescription process) => process.IsAheadOfTime != true || !finding.Next.Any(IsOfSurvival) ? finding : finding with
    {
        Advice = "The program is compiled ahead of time, so its runtime cannot report what survives: run it with the JIT compiler (dotnet run) to find the call sites.",
        Next = [.. finding.Next.Where(step => !IsOfSurvival(step))],
    };

    private static bool IsOfSurvival(NextStep step) => step is NextStep.RecordSurvival or NextStep.RecordSurvivalAndCollect;

    private static List<Conclusion> Evaluate(MemoryProfile profile, IEnumerable<IFindingRule> rules) =>
        [.. rules.Select(rule => rule.Apply(profile)).OfType<Conclusion>()];
}
