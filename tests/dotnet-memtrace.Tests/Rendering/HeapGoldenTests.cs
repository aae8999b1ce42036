using System.Collections.Immutable;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class HeapGoldenTests
{
    private static readonly HeapProfile Shop = Describe(SampleHeaps.Shop(20_000));
    private static readonly HeapComparison Grown = HeapComparer.Compare(Describe(SampleHeaps.Shop(15_000)), Shop);

    public static TheoryData<string, int> Reports() => GoldenFile.OfEachWidth(Named.Keys);

    public static TheoryData<string, int> Comparisons() => GoldenFile.OfEachWidth(NamedComparisons.Keys);

    private static Dictionary<string, (HeapProfile Profile, HeapOptions Options)> Named { get; } = new(StringComparer.Ordinal)
    {
        ["heap-summary"] = (Shop, new HeapOptions()),
        ["heap-types"] = (Shop, new HeapOptions { View = HeapView.Types }),
        ["heap-retainers"] = (Shop, new HeapOptions { View = HeapView.Retainers }),
        ["heap-roots"] = (Shop, new HeapOptions { View = HeapView.Roots }),
        ["heap-roots-shared"] = (Describe(SampleHeaps.SharedOrders(1_000)), new HeapOptions { View = HeapView.Roots }),
        ["heap-sizes"] = (Shop, new HeapOptions { View = HeapView.Sizes }),
        ["heap-paths"] = (Shop, new HeapOptions { View = HeapView.Paths, Paths = [.. Paths()] }),
        ["heap-suspects-cache"] = (Describe(SampleHeaps.Cache(20_000)), new HeapOptions { View = HeapView.Suspects }),
        ["heap-suspects-timers"] = (WithTimers(Describe(SampleHeaps.Timers(1_000))), new HeapOptions { View = HeapView.Suspects }),
        ["heap-retainers-cache"] = (Describe(SampleHeaps.Cache(20_000)), new HeapOptions { View = HeapView.Retainers }),
        ["heap-hostile"] = (Describe(SampleHeaps.Hostile()), new HeapOptions()),
        ["heap-histogram"] = (Shop with { Facts = Shop.Facts with { HasReferences = false }, Suspects = [], Retainers = [], Roots = [], UnheldObjects = 0 }, new HeapOptions()),
    };

    private static Dictionary<string, (HeapComparison Comparison, HeapDiffView View)> NamedComparisons { get; } = new(StringComparer.Ordinal)
    {
        ["heap-diff"] = (Grown, HeapDiffView.Summary),
        ["heap-diff-retainers"] = (Grown, HeapDiffView.Of("retainers")!),
        ["heap-diff-same"] = (HeapComparer.Compare(Shop, Shop), HeapDiffView.Summary),
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_heap_looks_as_expected(string name, int width) => GoldenFile.Matches(name, width, Render(Named[name], width));

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void A_comparison_of_heaps_looks_as_expected(string name, int width) => GoldenFile.Matches(name, width, Render(NamedComparisons[name], width));

    [Fact]
    public void No_line_is_wider_than_the_page_nor_has_blanks_at_its_end_nor_acts_on_the_terminal()
    {
        foreach (var heap in Named.Values)
            GoldenFile.IsFitToPrint(width => Render(heap, width));
        foreach (var comparison in NamedComparisons.Values)
            GoldenFile.IsFitToPrint(width => Render(comparison, width));
    }

    /// <summary>Timers hold two suspects, and what they call is known.</summary>
    private static HeapProfile WithTimers(HeapProfile profile) => profile with
    {
        Facts = profile.Facts with { Dump = new DumpFacts { Timers = new DumpedTimers() } },
        Suspects = [.. profile.Suspects, .. profile.Suspects],
    };

    private static HeapProfile Describe(HeapScript script)
    {
        using (script)
            return script.Describe();
    }

    private static ImmutableArray<HeapPath> Paths()
    {
        using var script = SampleHeaps.Shop(20_000);
        using var snapshot = script.Build();
        using var analysis = new HeapAnalysis(snapshot);
        return analysis.FindPaths(type => type is "System.String" or "Shop.Job");
    }

    private static string Render((HeapProfile Profile, HeapOptions Options) heap, int width)
    {
        using var writer = new Utf8StringWriter();
        HeapRenderer.Write(heap.Profile, ReportConsole.Plain(writer, width), heap.Options);
        return writer.ToString().ReplaceLineEndings("\n");
    }

    private static string Render((HeapComparison Comparison, HeapDiffView View) heap, int width)
    {
        using var writer = new Utf8StringWriter();
        HeapDiffRenderer.Write(heap.Comparison, ReportConsole.Plain(writer, width), heap.View, top: null);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
