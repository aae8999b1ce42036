using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The tables of what is on a heap.</summary>
internal static class HeapTables
{
    /// <summary>Between the steps of a path.</summary>
    private const string Holds = " -> ";

    /// <summary>Objects by type.</summary>
    /// <param name="profile">The heap.</param>
    public static ReportTable Types(HeapProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ImmutableArray<Column<HeapTypeSummary>> sites = profile.Recording is null ? [] : [.. Origin<HeapTypeSummary>(row => row.AllocatedAt), .. AllocatedIn];
        return ReportTable.Of(profile.Types, [.. TypeColumns(profile), .. sites]);
    }

    /// <summary>What data has of a type, but for where its objects were allocated.</summary>
    /// <param name="profile">The heap.</param>
    public static ImmutableArray<Column<HeapTypeSummary>> TypeColumns(HeapProfile profile) =>
    [
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("share", "Share", Unit.Share, row => Percent.Share(row.Bytes, profile.Bytes)),
        new("retainedBytes", "Retained", Unit.Bytes, row => row.RetainedBytes),
        new("objects", "Objects", Unit.Count, row => row.Objects),
        new("garbageBytes", "Garbage", Unit.Bytes, row => KnowsGarbage(profile) ? row.GarbageBytes : null)
        {
            Placement = profile.Facts.IncludesGarbage is true && KnowsGarbage(profile) ? ColumnPlacement.Everywhere : ColumnPlacement.Data,
            Rank = 1,
        },
        new("garbageObjects", "Garbage objects", Unit.Count, row => KnowsGarbage(profile) ? row.GarbageObjects : null) { Placement = ColumnPlacement.Data },
        new("averageBytes", "Average", Unit.Bytes, row => row.Objects > 0 ? (double)row.Bytes / row.Objects : 0) { Rank = 3 },
        new("largestBytes", "Largest", Unit.Bytes, row => row.LargestBytes) { Rank = 2 },
        new("type", "Type", ColumnKind.Type, row => row.Type),
        new("module", "Module", ColumnKind.Text, row => row.Module) { Placement = ColumnPlacement.Data },
    ];

    // Where no references are known, the objects that no root leads to are not, either.
    private static bool KnowsGarbage(HeapProfile profile) => profile.HasReferences || profile.Facts.IncludesGarbage is false;

    /// <summary>Below a type: the call site that allocated most of it.</summary>
    private static ImmutableArray<Column<HeapTypeSummary>> AllocatedIn { get; } =
    [
        new("origin", "allocated in", ColumnKind.Method, row => MainSite(row)?.Method) { Placement = ColumnPlacement.Detail },
        new("originLocation", "at", MainSite) { Placement = ColumnPlacement.Detail },
    ];

    private static Frame? MainSite(HeapTypeSummary type) => type.AllocatedAt is [var first, ..] ? first.Site : null;

    /// <summary>Roots by kind and name.</summary>
    /// <param name="profile">The heap.</param>
    public static ReportTable Roots(HeapProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return ReportTable.Of(
            profile.Roots,
            new Column<HeapRootSummary>("retainedBytes", "Retained", Unit.Bytes, row => row.RetainedBytes),
            new("share", "Share", Unit.Share, row => Percent.Share(row.RetainedBytes, profile.Bytes)),
            new("objects", "Objects", Unit.Count, row => row.Objects),
            new("kind", "Kind", ColumnKind.Text, row => DataName.Of(row.Kind)) { Placement = ColumnPlacement.Data },
            new("name", "Name", ColumnKind.Text, row => row.Name) { Placement = ColumnPlacement.Data },
            new("root", "Root", ColumnKind.Method, row => row.Title) { Placement = ColumnPlacement.Screen },
            new("type", "Holds", ColumnKind.Type, row => row.Type) { Rank = 1 });
    }

    /// <summary>What holds what, a row for each branch.</summary>
    /// <param name="profile">The heap.</param>
    /// <param name="rows">The branches.</param>
    /// <param name="line">The line for a branch on the screen.</param>
    public static ReportTable Retainers(HeapProfile profile, IEnumerable<HeapRetainerRow> rows, Func<HeapRetainerRow, string> line)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return ReportTable.Of(
            rows,
            [
                new("depth", "Depth", Unit.Count, row => row.Depth) { Placement = ColumnPlacement.Data },
                new("retainedBytes", "Retained", Unit.Bytes, row => row.Retainer.RetainedBytes),
                new("share", "Share", Unit.Share, row => Percent.Share(row.Retainer.RetainedBytes, profile.Bytes)),
                new("bytes", "Bytes", Unit.Bytes, row => row.Retainer.Bytes) { Rank = 2 },
                new("objects", "Objects", Unit.Count, row => row.Retainer.Objects) { Placement = ColumnPlacement.Data },
                new("path", "Path", ColumnKind.Text, row => Path(row.Retainer.Path)) { Placement = ColumnPlacement.Data },
                .. Origin<HeapRetainerRow>(row => row.Retainer.AllocatedAt),
                new("growthBytesPerSecond", "Growth", Unit.BytesPerSecond, row => row.Retainer.GrowthBytesPerSecond) { Placement = ColumnPlacement.Data },
                new("count", "Objects", Unit.Count, row => Known(row.Retainer.Path[^1])) { Placement = ColumnPlacement.Screen, Rank = 1 },
                new("tree", "Held by", ColumnKind.Path, line) { Placement = ColumnPlacement.Screen },
            ]);
    }

    /// <summary>Paths from roots to objects.</summary>
    /// <param name="paths">The paths.</param>
    public static ReportTable Paths(IEnumerable<HeapPath> paths) => ReportTable.Of(
        paths,
        new Column<HeapPath>("objects", "Objects", Unit.Count, row => row.Objects),
        new("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("heldAlone", "Held alone", Unit.Count, row => row.HeldAlone),
        new("weakHandles", "Weak handles", Unit.Count, row => row.WeakHandles) { Placement = ColumnPlacement.Data },
        new("type", "Type", ColumnKind.Type, row => row.Type) { Placement = ColumnPlacement.Data },
        new("path", "Path", ColumnKind.Text, row => Path(row.Path)) { Placement = ColumnPlacement.Data });

    /// <summary>Places where memory accumulates.</summary>
    /// <param name="suspects">The places.</param>
    public static ReportTable Suspects(IEnumerable<HeapSuspect> suspects) => ReportTable.Of(
        suspects,
        [
            new("retainedBytes", "Retained", Unit.Bytes, row => row.RetainedBytes),
            new("share", "Share", Unit.Share, row => row.Share),
            new("objects", "Objects", Unit.Count, row => row.Objects),
            new("type", "Type", ColumnKind.Type, row => row.Type),
            new("path", "Held by", ColumnKind.Text, row => Path(row.Path)),
            .. Origin<HeapSuspect>(row => row.AllocatedAt),
            new("growthBytesPerSecond", "Growth", Unit.BytesPerSecond, row => row.GrowthBytesPerSecond) { Placement = ColumnPlacement.Data },
            new("title", "Suspect", ColumnKind.Text, row => row.Title) { Placement = ColumnPlacement.Data },
            new("advice", "Advice", ColumnKind.Text, row => row.Advice) { Placement = ColumnPlacement.Data },
        ]);

    /// <summary>Call sites that allocated what something holds.</summary>
    /// <param name="sites">The call sites.</param>
    /// <param name="sampling">How the recording sampled allocations.</param>
    public static ReportTable Sites(IEnumerable<HeldSite> sites, AllocationSampling sampling)
    {
        var site = new SiteColumns<HeldSite>(row => row.Site);
        var held = new EstimateColumns<HeldSite>(sampling, row => row.Held);
        return ReportTable.Of(
            sites,
            [
                .. held.All,
                new("growthBytesPerSecond", "Growth", Unit.BytesPerSecond, row => row.Growth?.BytesPerSecond),
                new("type", "Type", ColumnKind.Type, row => row.Type),
                site.Method,
                .. site.Source,
                site.Location,
            ]);
    }

    /// <summary>Objects by size.</summary>
    /// <param name="profile">The heap.</param>
    public static ReportTable Sizes(HeapProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return ReportTable.Of(
            profile.Sizes.Ranges,
            [
                new("fromBytes", "From", Unit.Bytes, row => row.FromBytes),
                new("toBytes", "To below", Unit.Bytes, row => row.ToBytes),
                new("objects", "Objects", Unit.Count, row => row.Objects),
                .. BytesOf<HeapSizeRange>(profile, row => row.Bytes),
            ]);
    }

    /// <summary>Arrays by length.</summary>
    /// <param name="profile">The heap.</param>
    public static ReportTable Arrays(HeapProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return ReportTable.Of(
            profile.Sizes.Arrays,
            [
                new("fromLength", "From", Unit.Count, row => row.FromLength),
                new("toLength", "To below", Unit.Count, row => row.ToLength),
                new("arrays", "Arrays", Unit.Count, row => row.Arrays),
                .. BytesOf<ArrayLengths>(profile, row => row.Bytes),
            ]);
    }

    /// <summary>Bytes, as a share of the heap, too.</summary>
    private static ImmutableArray<Column<TRow>> BytesOf<TRow>(HeapProfile profile, Func<TRow, long> bytes) =>
    [
        new("bytes", "Bytes", Unit.Bytes, row => bytes(row)),
        new("share", "Share", Unit.Share, row => Percent.Share(bytes(row), profile.Bytes)),
        new("bar", "", ColumnKind.Bar, row => Figure.Of(Unit.Share, Percent.Share(bytes(row), profile.Bytes))) { Placement = ColumnPlacement.Screen },
    ];

    /// <summary>Objects of one type and size.</summary>
    /// <param name="objects">The objects.</param>
    public static ReportTable Alike(IEnumerable<AlikeObjects> objects) => ReportTable.Of(
        objects,
        new Column<AlikeObjects>("bytes", "Bytes", Unit.Bytes, row => row.Bytes),
        new("objects", "Objects", Unit.Count, row => row.Objects),
        new("sizeBytes", "Size", Unit.Bytes, row => row.SizeBytes),
        new("length", "Length", Unit.Count, row => row.Length) { Rank = 1 },
        new("type", "Type", ColumnKind.Type, row => row.Type));

    /// <summary>Slots of arrays that nothing uses.</summary>
    /// <param name="slots">The slots by type.</param>
    public static ReportTable UnusedSlots(IEnumerable<UnusedSlots> slots) => ReportTable.Of(
        slots,
        new Column<UnusedSlots>("unusedBytes", "Unused", Unit.Bytes, row => row.UnusedBytes),
        new("unusedShare", "Share", Unit.Share, row => Percent.Share(row.Unused, row.Slots)),
        new("arrays", "Arrays", Unit.Count, row => row.Arrays),
        new("slots", "Slots", Unit.Count, row => row.Slots) { Rank = 1 },
        new("unused", "Unused", Unit.Count, row => row.Unused) { Placement = ColumnPlacement.Data },
        new("type", "Type", ColumnKind.Type, row => row.Type));

    /// <summary>What changed.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="kind">What the paths are: types, or other names.</param>
    /// <param name="title">The title of their column.</param>
    public static ReportTable Changes(IEnumerable<HeapChange> changes, ColumnKind kind, string title) => ReportTable.Of(
        changes,
        new Column<HeapChange>("tag", "", ColumnKind.Tag, row => new TagCell(row.Tag)),
        new("beforeObjects", "Objects before", Unit.Count, row => row.Before?.Objects ?? 0) { Placement = ColumnPlacement.Data },
        new("afterObjects", "Objects", Unit.Count, row => row.After?.Objects ?? 0) { Rank = 2 },
        new("changeObjects", "Change", ColumnKind.Number, row => Figure.ChangeOf(Unit.Count, row.ObjectsDifference)),
        new("beforeBytes", "Bytes before", Unit.Bytes, row => row.Before?.Bytes ?? 0) { Placement = ColumnPlacement.Data },
        new("afterBytes", "Bytes", Unit.Bytes, row => row.After?.Bytes ?? 0) { Rank = 1 },
        new("changeBytes", "Change", ColumnKind.Number, row => Figure.ChangeOf(Unit.Bytes, row.BytesDifference)),
        new("changeRetainedBytes", "Retained", ColumnKind.Number, row => Figure.ChangeOf(Unit.Bytes, row.RetainedDifference)),
        new("name", title, kind, row => string.Join(Holds, row.Path)));

    /// <summary>A path in one line.</summary>
    /// <param name="path">The steps.</param>
    public static string Path(ImmutableArray<HeapStep> path) => string.Join(Holds, path.Select(Step));

    private static string Step(HeapStep step) => step.Field is { } field ? $"{field}: {step.Name}" : step.Name;

    /// <summary>The call site that allocated most of what a row holds, in data only.</summary>
    private static ImmutableArray<Column<TRow>> Origin<TRow>(Func<TRow, ImmutableArray<HeldSite>?> sites)
    {
        return
        [
            Column(new("allocatedType", "Allocated", ColumnKind.Type, site => site.Type)),
            Column(new("allocatedMethod", "Allocated in", ColumnKind.Method, site => site.Site?.Method)),
            Column(new("allocatedFile", "File", ColumnKind.Text, site => site.Site?.File)),
            Column(new("allocatedLine", "Line", Unit.Count, site => site.Site?.Line)),
            Column(new("allocatedBytes", "Allocated there", Unit.Bytes, site => site.Held.Bytes)),
        ];

        Column<TRow> Column(Column<HeldSite> column) =>
            column.Within<TRow>(column.Key, row => sites(row) is [var first, ..] ? first : null) with { Placement = ColumnPlacement.Data };
    }

    private static long? Known(HeapStep step) => step.IsRoot ? null : step.Objects;
}
