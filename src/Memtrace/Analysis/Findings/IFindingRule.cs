using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>A rule that can find something in a profile. Rules are stateless.</summary>
internal interface IFindingRule
{
    /// <summary>The id of its findings, in kebab case.</summary>
    string Id { get; }

    /// <summary>The conclusion; null if the profile does not show what the rule looks for, or not beyond its error.</summary>
    Conclusion? Apply(MemoryProfile profile);
}
