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

    private static readonly ImmutableArray<Column<ObservedCollection>> Figures =
    [
        new("pauseMs", "Paused", Unit.Milliseconds, row => row.Collection.PauseMs),
        new("freedBytes", "Freed", Unit.Bytes, row => row.Collection.FreedBytes),
        new("finalizableObjects", "Kept for finalizers", Unit.Count, row => row.Collection.FinalizableObjects),
        new("finalizableBytes", "Kept for finalizers", Unit.Bytes, row => row.Collection.FinalizableBytes),
        new("queuedBytes", "Kept since earlier", Unit.Bytes, row => row.Collection.QueuedBytes),
        new("returnedBytes", "Returned", Unit.Bytes, row => row.ReturnedBytes),
    ];

    private static readonly Schema<SecondCollection> Second = new(
        [
            new("finalizersEnded", "Finalizers ended", row => row.FinalizersEnded),
            new("waitedSeconds", "Waited", Unit.Seconds, row => row.WaitedSeconds),
            .. FiguresOf<SecondCollection>(row => row.Observed),
        ],
        SidesOf<SecondCollection>(row => row.Observed));

    private static readonly DocumentSchema<Document> Full = new(Schema, new(
        FiguresOf<Document>(row => row.Observed),
        [
            new ObjectPart<Document, ProcessDescription>("process", row => row.Process, ProcessSchema.Process),
            .. SidesOf<Document>(row => row.Observed),
            new ObjectPart<Document, SecondCollection>("second", row => row.Second, Second),
        ]));

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="process">The process.</param>
    /// <param name="observed">The collection.</param>
    /// <param name="second">The one after the finalizers; null if there was none.</param>
    public static void Write(Stream stream, ProcessDescription process, ObservedCollection observed, SecondCollection? second)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(observed);
        using var json = new Utf8JsonWriter(stream, JsonReport.Options);
        Full.Write(json, new Document(process, observed, second));
    }

    private static ImmutableArray<Column<T>> FiguresOf<T>(Func<T, ObservedCollection> observed) => [.. Figures.Select(figure => figure.Within<T>(figure.Key, observed))];

    private static ImmutableArray<SchemaPart<T>> SidesOf<T>(Func<T, ObservedCollection> observed)
        where T : class =>
    [
        new ObjectPart<T, State>("before", row => Before(observed(row)), Side),
        new ObjectPart<T, State>("after", row => After(observed(row)), Side),
    ];

    private static ImmutableArray<Column<HeapState>> Generations(Func<HeapState, GenerationBytes> bytes) =>
        [.. Generation.All.Select(generation => new Column<HeapState>(generation.Key, generation.Title, Unit.Bytes, row => generation.Of(bytes(row))))];

    private static State Before(ObservedCollection observed) => new(observed.Collection.Before, observed.RssBeforeBytes);

    private static State After(ObservedCollection observed) => new(observed.Collection.After, observed.RssAfterBytes);

    private sealed record Document(ProcessDescription Process, ObservedCollection Observed, SecondCollection? Second);

    private sealed record State(HeapState Heap, long? RssBytes);
}
