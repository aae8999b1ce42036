using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The member <c>recording</c> of a document.</summary>
internal static class RecordingSchema
{
    /// <summary>The recording of a profile, and how far it can be trusted.</summary>
    public static Schema<MemoryProfile> Recording { get; } = new(
        [
            new("file", "File", ColumnKind.Text, row => row.Recording.File),
            new("heapSnapshot", "Heap snapshot", ColumnKind.Text, row => row.Recording.HeapSnapshot),
            new("startedAt", "Started", ColumnKind.Text, row => Time(row.Recording.StartedAt)),
            new("durationSeconds", "Duration", Unit.Seconds, row => row.Recording.DurationSeconds),
            new("windowStartSeconds", "From", Unit.Seconds, row => row.Recording.WindowStartSeconds),
            new("endReason", "Ended", ColumnKind.Text, row => EndReasonNames.Of(row.Recording.EndReason)),
            new("endDetail", "", ColumnKind.Text, row => row.Recording.EndDetail),
            new("exitCode", "Exit code", Unit.Count, row => row.Recording.ExitCode),
            new("signal", "Signal", Unit.Count, row => row.Recording.Signal),
            new("complete", "Complete", row => row.Recording.Complete),
            new("damage", "Damage", ColumnKind.Text, row => row.Recording.Damage),
            new("impossibleEvents", "Impossible events", Unit.Count, row => row.Recording.ImpossibleEvents),
            new("droppedStacks", "Dropped stacks", Unit.Count, row => row.Recording.DroppedStacks),
            new("allocationSampling", "Sampling", ColumnKind.Text, row => DataName.Of(row.Allocations.Sampling)),
            new("survivalTracking", "Survival", row => row.Recording.SurvivalTracking),
            new("survivalStopped", "Survival stopped", ColumnKind.Text, row => row.Recording.SurvivalStopped),
            new("allocationSamples", "Samples", Unit.Count, row => row.Recording.AllocationSamples),
            new("lostEvents", "Lost events", Unit.Count, row => row.Recording.LostEvents),
            new("lossCause", "Loss", ColumnKind.Text, row => row.Recording.LossCause == EventLossCause.Unknown ? null : DataName.Of(row.Recording.LossCause)),
            new("unresolvedFrames", "Unresolved frames", Unit.Count, row => row.Recording.UnresolvedFrames),
            new("frames", "Frames", Unit.Count, row => row.Recording.Frames),
        ],
        new ItemsPart<MemoryProfile, OwnModule>("ownModules", row => row.Recording.OwnModules, OwnModule),
        new CellsPart<MemoryProfile>("otherProcessIds", row => row.Recording.OtherProcesses.Select(other => new Figure(Unit.Count, other.Id))));

    private static Schema<OwnModule> OwnModule => new(
    [
        new("name", "Assembly", ColumnKind.Text, row => row.Name),
        new("evidence", "Evidence", ColumnKind.Text, row => DataName.Of(row.Evidence)),
    ]);

    /// <summary>A time in data: ISO 8601, UTC.</summary>
    /// <param name="time">The time; null if it is unknown.</param>
    public static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
