using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>
/// Writes memory over time in Chromium's trace event format, which Perfetto reads: counters in bytes, collections as slices, findings as marks.
/// Times are in µs after the recording's beginning. Source: "Trace Event Format" of the Chromium project.
/// </summary>
public static class ChromiumTrace
{
    private const int BlockingTrack = 1;
    private const int BackgroundTrack = 2;

    private static readonly ImmutableArray<(string Name, Func<TimelinePoint, double?> Bytes)> Counters =
    [
        ("RSS", point => point.RssBytes),
        ("GC heap", point => point.GcHeapBytes),
        ("GC committed", point => point.GcCommittedBytes),
        ("Allocated", point => point.AllocatedBytes),
    ];

    /// <summary>Writes one document.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
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
        json.WriteString("startedAt", profile.Recording.StartedAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed class Events(Utf8JsonWriter json, MemoryProfile profile)
    {
        // 0 is the idle process's.
        private readonly int _process = Math.Max(1, profile.Process.Id);

        public void Write()
        {
            // Perfetto takes an empty name for an error.
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
            foreach (var (name, value) in Counters)
            {
                if (value(point) is { } bytes)
                    Event("C", name, point.Seconds, () => json.WriteInteger("bytes", bytes));
            }
        }

        private void Categories(MemoryBreakdown breakdown)
        {
            foreach (var item in breakdown.Categories.Where(item => item.IsKnown))
                json.WriteNumber(BreakdownNames.Of(item.Category), item.Bytes);
        }

        // A background collection runs while others do, and slices of one track must not cross.
        private void Slice(GarbageCollection collection) => Event(
            "X",
            string.Create(CultureInfo.InvariantCulture, $"Gen {collection.Generation} collection"),
            collection.StartSeconds,
            () =>
            {
                json.WriteNumber("number", collection.Number);
                json.WriteString("reason", collection.Reason);
                json.WriteFraction("pauseMs", collection.PauseMs);
                json.WriteInteger("heapAfterBytes", collection.HeapAfterBytes);
                json.WriteInteger("promotedBytes", collection.PromotedBytes);
            },
            collection.Background ? BackgroundTrack : BlockingTrack,
            () => json.WriteFraction("dur", collection.DurationMs * 1000));

        // A conclusion from the whole window: it stands at its end.
        private void Mark(Finding finding) => Event(
            "i",
            finding.Title,
            profile.Recording.WindowStartSeconds + profile.Recording.DurationSeconds,
            () =>
            {
                json.WriteString("id", finding.Id);
                json.WriteString("severity", FindingTable.Severity(finding));
                json.WriteString("detail", finding.Detail);
                json.WriteString("advice", finding.Advice);
            },
            writeMore: () => json.WriteString("s", "p"));

        private void Event(string phase, string name, double seconds, Action writeArguments, int track = 0, Action? writeMore = null)
        {
            json.WriteStartObject();
            json.WriteString("ph", phase);
            json.WriteString("name", name);
            json.WriteNumber("pid", _process);
            json.WriteNumber("tid", track);
            json.WriteFraction("ts", seconds * 1_000_000);
            writeMore?.Invoke();
            json.WriteStartObject("args");
            writeArguments();
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
