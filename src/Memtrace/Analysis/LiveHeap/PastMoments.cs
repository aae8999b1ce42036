namespace Memtrace.Analysis.LiveHeap;

/// <summary>Moments whose heap is known only once all events have been read; a second reading gathers it.</summary>
/// <param name="Peak">When the most bytes were alive; null if that was at the end.</param>
/// <param name="PeakRss">When the resident set was largest; null if that is unknown, or nothing has died since.</param>
internal sealed record PastMoments(double? Peak, double? PeakRss);
