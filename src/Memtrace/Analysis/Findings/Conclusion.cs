using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>A finding and its weight among those of the same severity.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Weight">The share of the resident set, limit, time or threads that it is about, usually 0 to 1; 0 if unknown.</param>
internal readonly record struct Conclusion(Finding Finding, double Weight);
