using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The process has nearly as many mappings as the kernel allows: at the limit, the next allocation fails, however much memory is free.</summary>
internal sealed class MappingLimitRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "mapping-limit";

    private const double NearShare = 0.5;
    private const double AtShare = 0.9;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Breakdown is not [.., { MappingCount: { } count, MappingLimit: > 0 and { } limit }] || Percent.Share(count, limit) is var share && share < NearShare)
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                share >= AtShare ? FindingSeverity.Critical : FindingSeverity.Warning,
                $"The process has {Count.Format(count)} memory mappings, {Percent.Format(share)} of the {Count.Format(limit)} that the kernel allows.",
                "At the limit (vm.max_map_count), the kernel refuses new mappings, and the process fails even though memory is available.",
                [
                    new Evidence("mappings", count, Unit.Amount),
                    new Evidence("limit", limit, Unit.Amount),
                    new Evidence("sharePercent", 100 * share, Unit.Percent),
                ],
                "See what they are: large numbers of similar mappings are native memory blocks, mapped files or stacks. Raise the limit with sysctl vm.max_map_count to gain time.")
            {
                Next = [NextStep.ListMappings],
            },
            share);
    }
}
