using System.Text;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// What a snapshot file says about the process and the moment: a list of fields, each with a number, a kind, and a text or a list of numbers. Unknown facts are
/// left out; readers ignore fields that they do not know. 0 ends the list.
/// </summary>
internal static class SnapshotFactFields
{
    private const int MostNumbers = 1000;
    private const int Generations = 5;

    private enum Field
    {
        End = 0,
        ProcessId = 1,
        Name = 2,
        CommandLine = 3,
        RuntimeVersion = 4,
        Architecture = 5,
        OperatingSystem = 6,
        ProcessorCount = 7,
        ServerGc = 8,
        ConcurrentGc = 9,
        Source = 10,

        /// <summary>Ticks of 100 ns since the year 1, UTC.</summary>
        TakenAt = 11,
        Rss = 12,
        ContainerUsage = 13,
        ContainerLimit = 14,
        HasReferences = 15,

        /// <summary>Microseconds.</summary>
        Pause = 16,

        /// <summary>Sizes of generation 0, 1, 2, the large and the pinned object heap, what is free in each, and what was committed, or -1.</summary>
        Before = 17,
        After = 18,

        /// <summary>JSON (<see cref="DumpFactsJson"/>).</summary>
        Dump = 19,

        /// <summary>The runtime's number of the collection before the walk.</summary>
        CollectionNumber = 20,

        /// <summary>What arrays and strings take beyond their content, in bytes.</summary>
        Padding = 21,
    }

    private enum Kind
    {
        Text = 0,
        Numbers = 1,
    }

    /// <summary>Writes them.</summary>
    public static void Write(SnapshotContentWriter content, HeapSnapshotFacts facts)
    {
        var process = facts.Process;
        Write(content, Field.ProcessId, process.Id);
        Write(content, Field.Name, process.Name);
        Write(content, Field.CommandLine, process.CommandLine);
        Write(content, Field.RuntimeVersion, process.RuntimeVersion);
        Write(content, Field.Architecture, process.Architecture);
        Write(content, Field.OperatingSystem, process.OperatingSystem);
        Write(content, Field.ProcessorCount, process.ProcessorCount);
        Write(content, Field.ServerGc, ToNumber(process.ServerGc));
        Write(content, Field.ConcurrentGc, ToNumber(process.ConcurrentGc));
        Write(content, Field.Source, NameOf(facts.Source));
        Write(content, Field.TakenAt, facts.TakenAt?.UtcTicks);
        Write(content, Field.Rss, facts.RssBytes);
        Write(content, Field.ContainerUsage, facts.ContainerUsageBytes);
        Write(content, Field.ContainerLimit, facts.ContainerLimitBytes);
        Write(content, Field.HasReferences, ToNumber(facts.HasReferences));
        Write(content, Field.Pause, (long?)(1_000_000 * facts.StopSeconds));
        if (facts.Collection is { } collection)
        {
            Write(content, Field.Before, collection.Before);
            Write(content, Field.After, collection.After);
        }

        Write(content, Field.CollectionNumber, facts.CollectionNumber);
        Write(content, Field.Padding, facts.PaddingBytes);
        Write(content, Field.Dump, facts.Dump is { } dump ? Encoding.UTF8.GetString(DumpFactsJson.Write(dump)) : null);
        content.Count((int)Field.End);
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static HeapSnapshotFacts Read(SnapshotContentReader content)
    {
        var (texts, numbers) = (new Dictionary<Field, string>(), new Dictionary<Field, long[]>());
        for (Field field; (field = (Field)content.Count()) != Field.End;)
        {
            if ((Kind)content.Count((int)Kind.Numbers) == Kind.Text)
                texts[field] = content.Text();
            else
                numbers[field] = ReadNumbers(content);
        }

        var facts = new HeapSnapshotFacts(Process(), SourceOf(texts.GetValueOrDefault(Field.Source)), TakenAt())
        {
            RssBytes = Number(Field.Rss),
            ContainerUsageBytes = Number(Field.ContainerUsage),
            ContainerLimitBytes = Number(Field.ContainerLimit),
            HasReferences = Number(Field.HasReferences) != 0,
            CollectionNumber = Number(Field.CollectionNumber) is >= 0 and <= int.MaxValue and var collection ? (int)collection : null,
            PaddingBytes = Number(Field.Padding),
            Dump = texts.TryGetValue(Field.Dump, out var dump) ? DumpFactsJson.Read(Encoding.UTF8.GetBytes(dump)) : null,
            Collection = Number(Field.Pause) is { } pause && Moment(Field.Before) is { } before && Moment(Field.After) is { } after
                ? new FullCollection(pause / 1000.0, before, after)
                : null,
        };
        return facts.Collection is null ? facts with { StopSeconds = Number(Field.Pause) / 1e6 } : facts;

        long? Number(Field field) => numbers.GetValueOrDefault(field) is [var value] ? value : null;

        HeapState? Moment(Field field) => numbers.GetValueOrDefault(field) is { Length: (2 * Generations) + 1 } all
            ? new HeapState(Sizes(all), Sizes(all.AsSpan(Generations)), all[^1] < 0 ? null : all[^1])
            : null;

        DateTimeOffset? TakenAt() => Number(Field.TakenAt) is { } ticks && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

        ProcessDescription Process() => new(
            (int)(Number(Field.ProcessId) ?? 0),
            texts.GetValueOrDefault(Field.Name),
            texts.GetValueOrDefault(Field.CommandLine),
            texts.GetValueOrDefault(Field.RuntimeVersion),
            texts.GetValueOrDefault(Field.Architecture),
            texts.GetValueOrDefault(Field.OperatingSystem),
            (int)(Number(Field.ProcessorCount) ?? 0),
            ToFlag(Number(Field.ServerGc)),
            ToFlag(Number(Field.ConcurrentGc)));
    }

    private static void Write(SnapshotContentWriter content, Field field, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return;
        content.Count((int)field);
        content.Count((int)Kind.Text);
        content.Text(text);
    }

    private static void Write(SnapshotContentWriter content, Field field, long? number)
    {
        if (number is { } value)
            Write(content, field, [value]);
    }

    private static void Write(SnapshotContentWriter content, Field field, HeapState moment) =>
        Write(content, field, [.. Sizes(moment.Size), .. Sizes(moment.Free), moment.CommittedBytes ?? -1]);

    private static void Write(SnapshotContentWriter content, Field field, ReadOnlySpan<long> numbers)
    {
        content.Count((int)field);
        content.Count((int)Kind.Numbers);
        content.Count(numbers.Length);
        foreach (var number in numbers)
            content.Signed(number);
    }

    private static long[] ReadNumbers(SnapshotContentReader content)
    {
        var numbers = new long[content.Count(MostNumbers)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = content.Signed();
        return numbers;
    }

    private static long[] Sizes(GenerationBytes bytes) => [bytes.Gen0, bytes.Gen1, bytes.Gen2, bytes.Loh, bytes.Poh];

    private static GenerationBytes Sizes(ReadOnlySpan<long> bytes) => new(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]);

    private static long? ToNumber(bool? flag) => flag is null ? null : flag.Value ? 1 : 0;

    private static bool? ToFlag(long? number) => number is null ? null : number != 0;

    private static string NameOf(HeapSnapshotSource source) => Enum.GetName(source)!.ToLowerInvariant();

    private static HeapSnapshotSource SourceOf(string? name) => Enum.GetValues<HeapSnapshotSource>().FirstOrDefault(source => NameOf(source) == name);
}
