using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>All rules. What each asks, and why its thresholds are what they are: docs/findings.md.</summary>
internal static class FindingRules
{
    /// <summary>Says where the memory is. It stands in front of all others, which are about parts of it.</summary>
    private static readonly IFindingRule Orientation = new WhereRule();

    private static readonly ImmutableArray<IFindingRule> Problems =
    [
        new ManagedLeakRule(),
        new HeapGrowthRule(),
        new NativeGrowthRule(),
        new MallocArenasRule(),
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

    /// <summary>Says that there is no sign of anything wrong, so it is asked only where no other rule has warned.</summary>
    private static readonly IFindingRule Reassurance = new SteadyRule();

    /// <summary>What follows from a profile: where the memory is, then what matters most in front. Empty where nothing stands out.</summary>
    /// <param name="profile">The profile, all of it but its findings.</param>
    public static ImmutableArray<Finding> Apply(MemoryProfile profile)
    {
        profile = profile.OfProgram();
        var problems = Ask(profile, Problems);
        var reassurance = problems.Any(problem => problem.Finding.Severity > FindingSeverity.Info) ? [] : Ask(profile, [Reassurance]);
        var ordered = problems.Concat(reassurance)
            .OrderByDescending(conclusion => conclusion.Finding.Severity)
            .ThenByDescending(conclusion => conclusion.Weight);
        return [.. Ask(profile, [Orientation]).Concat(ordered).Select(conclusion => conclusion.Finding)];
    }

    private static List<Conclusion> Ask(MemoryProfile profile, IEnumerable<IFindingRule> rules) =>
        [.. rules.Select(rule => rule.Apply(profile)).OfType<Conclusion>()];
}
