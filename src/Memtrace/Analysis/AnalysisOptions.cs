namespace Memtrace.Analysis;

/// <summary>What of a recording to analyse. Names of methods are taken from all of it in any case.</summary>
/// <param name="FromSeconds">Where the window begins, in seconds after the recording's beginning; null: there.</param>
/// <param name="ToSeconds">Where the window ends, in seconds after the recording's beginning; null: at its end.</param>
public sealed record AnalysisOptions(double? FromSeconds = null, double? ToSeconds = null);
