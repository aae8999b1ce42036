using System.Globalization;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>
/// Writes memory over time in Chromium's trace event format, which Perfetto reads: counters in bytes, collections as slices, findings as instant events.
/// Times are in µs after the start of the recording. Source: "Trace Event Format" of the Chromium project.
/// </summary>
internal static class ChromiumTrace
{
    private const int BlockingTrack = 1;
    private const int BackgroundTrack = 2;

    /// <summary>Writes one document.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(Stream stream, MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options with { Indented = false });
        json.WriteStartObject();
        json.WriteStartArray("traceEvents");
        new Events(json, profile).Write();
        json.WriteEndArray();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartObject("otherData");
        json.WriteString("recording", profile.Recording.File);
        json.WriteString("startedAt", RecordingSchema.Time(profile.Recording.StartedAt));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static readonly Schema<GarbageCollection> Collection = new(CollectionTables.Columns);

    private sealed class Events(Utf8JsonWriter json, MemoryProfile profile)
    {
        // 0 is the idle process's.
        private readonly int _process = Math.Max(1, profile.Process.Id);

        public void Write()
        {
            // Perfetto reports an empty name as an error.
            Name("process_name", 0, profile.Process.Name is { Length: > 0 } name ? name : "unknown");
            Name("thread_name", BlockingTrack, "Collections");
            Name("thread_name", BackgroundTrack, "Background collections");
            foreach (var point in profile.Timeline)
                Point(point);
            foreach (var collection in profile.Collections.Items)
                Slice(collection);
            foreach (var breakdown in profile.Breakdown)
                Event("C", "Resident set", breakdown.AtSeconds, () => Categories(breakdown));
            foreach (var finding in profile.Findings)
                Mark(finding);
        }

        private void Name(string kind, int track, string name) => Event("M", kind, 0, () => json.WriteString("name", name), track);

        private void Point(TimelinePoint point)
        {
            foreach (var quantity in TimelineTable.Quantities)
            {
                if (quantity.Of(point) is { } bytes)
                    Event("C", quantity.Title, point.Seconds, () => json.WriteCell("bytes", bytes));
            }
        }

        private void Categories(MemoryBreakdown breakdown)
        {
            foreach (var item in breakdown.Categories.Where(item => item.IsKnown))
                json.WriteNumber(DataName.Of(item.Category), item.Bytes);
        }

        // A background collection runs while others do, and slices of one track must not cross.
        private void Slice(GarbageCollection collection) => Event(
            "X",
            string.Create(CultureInfo.InvariantCulture, $"Gen {collection.Generation} collection"),
            collection.StartSeconds,
            () => Collection.WriteMembers(json, collection),
            collection.Background ? BackgroundTrack : BlockingTrack,
            () => json.WriteCell("dur", Microseconds(collection.DurationMs / 1000)));

        // A conclusion from the whole window is marked at its end.
        private void Mark(Finding finding) => Event(
            "i",
            finding.Title,
            profile.Recording.WindowStartSeconds + profile.Recording.DurationSeconds,
            () => ReportSchema.Finding.WriteMembers(json, finding),
            writeMore: () => json.WriteString("s", "p"));

        private static Figure? Microseconds(double seconds) => Figure.Of(Unit.Amount, seconds * 1_000_000);

        private void Event(string phase, string name, double seconds, Action writeArguments, int track = 0, Action? writeMore = null)
        {
            json.WriteStartObject();
            json.WriteString("ph", phase);
            json.WriteString("name", name);
            json.WriteNumber("pid", _process);
            json.WriteNumber("tid", track);
            json.WriteCell("ts", Microseconds(seconds));
            writeMore?.Invoke();
            json.WriteStartObject("args");
            writeArguments();
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
