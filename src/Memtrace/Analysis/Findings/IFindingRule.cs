using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>A question to a profile. A rule keeps nothing: the same profile has the same answer.</summary>
internal interface IFindingRule
{
    /// <summary>The answer, or null where the profile does not show what the rule is about, or not beyond its error.</summary>
    Conclusion? Apply(MemoryProfile profile);
}

/// <summary>A finding, and how much it weighs among those of the same severity.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Weight">The share of the resident set, of the limit, of the time or of the threads that it is about, mostly 0 to 1; 0 where none is known.</param>
internal readonly record struct Conclusion(Finding Finding, double Weight);
