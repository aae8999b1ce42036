using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The member <c>live</c> of a document.</summary>
/// <param name="sampling">How allocations were sampled.</param>
internal sealed class LiveHeapSchema(AllocationSampling sampling)
{
    /// <summary>What is known of the live heap as a whole.</summary>
    public static Schema<LiveHeapProfile> Coverage { get; } = new(
    [
        new("untrackedBytes", "Untracked", Unit.Bytes, row => row.UntrackedBytes),
        new("unknownFates", "Unknown survival", Unit.Count, row => row.UnknownSurvival),
        new("thinning", "Tracking rate", Unit.Share, row => row.TrackingRate),
    ]);

    /// <summary>The live heap at the end and at both peaks.</summary>
    public Schema<LiveHeapProfile> Live
    {
        get
        {
            var snapshot = Snapshot;
            return new(
                Coverage.Columns,
                new ObjectPart<LiveHeapProfile, LiveSnapshot>("end", row => row.End, snapshot),
                new ObjectPart<LiveHeapProfile, LiveSnapshot>("peak", row => row.Peak, snapshot),
                new ObjectPart<LiveHeapProfile, LiveSnapshot>("peakRss", row => row.PeakRss, snapshot));
        }
    }

    private Schema<LiveSnapshot> Snapshot
    {
        get
        {
            var live = new EstimateColumns<LiveSnapshot>(sampling, row => row.Live);
            return new(
                [
                    new("atSeconds", "At", Unit.Seconds, row => row.AtSeconds),
                    .. live.Amount,
                    LiveTables.AtMost<LiveSnapshot>(row => row),
                    live.Objects,
                    live.Samples,
                    new("uncollectedBytes", "Not yet collected", Unit.Bytes, row => row.Uncollected.Bytes),
                ],
                new TablePart<LiveSnapshot>("types", row => LiveTables.Types(row, sampling)),
                new TablePart<LiveSnapshot>("sites", row => LiveTables.Sites(row, sampling)));
        }
    }
}
