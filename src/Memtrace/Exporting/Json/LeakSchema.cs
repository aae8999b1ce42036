using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The member <c>leak</c> of a document: whether the process leaks.</summary>
internal static class LeakSchema
{
    /// <summary>The verdict.</summary>
    public static Schema<LeakVerdict> Leak { get; } = new(
        [
            new("answer", "Leak", ColumnKind.Text, row => DataName.Of(row.Answer)),
            new("gap", "Missing", ColumnKind.Text, row => row.Gap == LeakGap.None ? null : DataName.Of(row.Gap)),
            new("fullCollections", "Full collections", Unit.Count, row => row.FullCollections),
            new("riseBytes", "Rise", Unit.Bytes, row => row.RiseBytes),
            new("seconds", "Within", Unit.Seconds, row => row.Seconds),
            new("olderBytes", "Older", Unit.Bytes, row => row.OlderBytes),
            new("olderSurvived", "Older survived", row => row.OlderBytes is null ? null : row.OlderSurvived),
        ],
        new CellsPart<LeakVerdict>("findings", row => row.Findings.Select(id => new TextCell(id))));
}
