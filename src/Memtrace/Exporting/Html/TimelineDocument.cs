using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the data of the timeline.</summary>
internal static class TimelineDocument
{
    /// <summary>Writes <c>timeline</c>: a column for each quantity, in bytes, and the collections to mark on it.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(Utf8JsonWriter json, MemoryProfile profile)
    {
        var (points, items) = (profile.Timeline, profile.Collections.Items);
        json.WriteStartObject("timeline");
        json.WriteCell("startSeconds", Figure.Of(Unit.Seconds, profile.Recording.WindowStartSeconds));
        json.WriteCell("endSeconds", Figure.Of(Unit.Seconds, profile.Recording.WindowStartSeconds + profile.Recording.DurationSeconds));
        json.WriteCell("limitBytes", Figure.Of(Unit.Bytes, profile.Memory.Container?.LimitBytes));
        json.WriteNumbers("seconds", points.Select(point => (double?)point.Seconds));
        json.WriteNumbers("rss", points.Select(point => (double?)point.RssBytes));
        json.WriteNumbers("gcHeap", points.Select(point => (double?)point.GcHeapBytes));
        json.WriteNumbers("gcCommitted", points.Select(point => (double?)point.GcCommittedBytes));
        json.WriteNumbers("allocated", points.Select(point => (double?)Unit.Bytes.Round(point.AllocatedBytes)));

        json.WriteStartObject("collections");
        json.WriteNumbers("number", items.Select(item => item.Number));
        json.WriteNumbers("generation", items.Select(item => item.Generation));
        json.WriteNumbers("startSeconds", items.Select(item => (double?)item.StartSeconds));
        json.WriteNumbers("pauseMs", items.Select(item => (double?)item.PauseMs));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
