using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>Writes the results of a full collection as JSON, in the same way as <see cref="JsonReport"/>.</summary>
internal static class JsonFullCollection
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/gc";

    private static readonly Schema<State> Side = new(
        [
            new("rssBytes", "RSS", Unit.Bytes, row => row.RssBytes),
            new("gcCommittedBytes", "GC committed", Unit.Bytes, row => row.Heap.CommittedBytes),
            new("gcHeapBytes", "GC heap", Unit.Bytes, row => row.Heap.Size.Total),
        ],
        new ObjectPart<State, HeapState>("sizeBytes", row => row.Heap, new(Generations(row => row.Size))),
        new ObjectPart<State, HeapState>("freeBytes", row => row.Heap, new(Generations(row => row.Free))));

    private static readonly DocumentSchema<Document> Full = new(Schema, new(
        [
            new("pauseMs", "Paused", Unit.Milliseconds, row => row.Observed.Collection.PauseMs),
            new("finalizableObjects", "Kept for finalizers", Unit.Count, row => row.Observed.Collection.FinalizableObjects),
            new("returnedBytes", "Returned", Unit.Bytes, row => row.Observed.ReturnedBytes),
        ],
        new ObjectPart<Document, ProcessDescription>("process", row => row.Process, ProcessSchema.Process),
        new ObjectPart<Document, State>("before", row => new(row.Observed.Collection.Before, row.Observed.RssBeforeBytes), Side),
        new ObjectPart<Document, State>("after", row => new(row.Observed.Collection.After, row.Observed.RssAfterBytes), Side)));

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="process">The process.</param>
    /// <param name="observed">The collection.</param>
    public static void Write(Stream stream, ProcessDescription process, ObservedCollection observed)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(observed);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        Full.Write(json, new Document(process, observed));
    }

    private static ImmutableArray<Column<HeapState>> Generations(Func<HeapState, GenerationBytes> bytes) =>
        [.. Generation.All.Select(generation => new Column<HeapState>(generation.Key, generation.Title, Unit.Bytes, row => generation.Of(bytes(row))))];

    private sealed record Document(ProcessDescription Process, ObservedCollection Observed);

    private sealed record State(HeapState Heap, long? RssBytes);
}
