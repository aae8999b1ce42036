using System.Collections.Immutable;
using System.Text;
using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Pprof;
using Memtrace.Exporting.Tables;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>A format that recordings are converted to.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Extension">The extension of its files.</param>
/// <param name="Description">What it is, for the help.</param>
/// <param name="Opening">How to open such a file, in one sentence.</param>
/// <param name="Write">Writes a profile; null if the format holds heap snapshots only.</param>
internal sealed record ConvertFormat(string Name, string Extension, string Description, string Opening, Action<Stream, MemoryProfile, ConvertOptions>? Write)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>All of them.</summary>
    public static ImmutableArray<ConvertFormat> All { get; } =
    [
        new("html", ".html", "a page with a flame graph, for a browser, offline", "Open it in a browser.", (stream, profile, options) => HtmlReport.Write(stream, profile, options.Filter, NextStepText.Of))
        {
            WriteComparison = (stream, comparison, options) => HtmlReport.Write(stream, comparison, options.Filter, NextStepText.Of),
            WriteSnapshot = OfHeap((stream, profile, analysis) => HtmlReport.Write(stream, profile, analysis.FindHeaviestPaths())),
            WriteHeapComparison = HtmlReport.Write,
            ShowsHolders = true,
        },
        new("pprof", ".pb.gz", "profile.proto for pprof, Pyroscope, Parca", "Open it with: go tool pprof -http=: FILE", (stream, profile, _) => PprofProfile.Write(stream, profile)) { IsBinary = true },
        new("speedscope", ".speedscope.json", "for speedscope.app", "Open it at https://www.speedscope.app", AsDocument((stream, profile, _) => SpeedscopeFile.Write(stream, profile))),
        new("collapsed", ".folded", "stacks for flamegraph.pl and similar tools", "Open it with: flamegraph.pl --countname=bytes FILE", AsText(CollapsedStacks.Write)) { IsOfOneValue = true },
        new("chromium", ".trace.json", "memory over time for Perfetto", "Open it at https://ui.perfetto.dev", AsDocument((stream, profile, _) => ChromiumTrace.Write(stream, profile))),
        new("json", ".json", "everything, as in report (or heap) --format json", "Read it with: jq . FILE", AsDocument((stream, profile, options) => JsonReport.Write(stream, profile, options.Filter)))
        {
            WriteSnapshot = OfHeap((stream, profile, _) =>
            {
                JsonHeap.Write(stream, profile, paths: null);
                stream.Write("\n"u8);
            }),
            ShowsHolders = true,
        },
        new("gcdump", ".gcdump", "a heap snapshot for dotnet-gcdump, PerfView, Visual Studio", "Open it with: dotnet-gcdump report FILE", Write: null)
        {
            WriteSnapshot = (stream, snapshot, _) => GcDumpFile.Write(stream, snapshot),
            IsBinary = true,
        },
        new("csv", ".csv", "call sites, as in report --view sites --format csv", "Open it in a spreadsheet.", AsText(WriteSites)) { IsOfOneValue = true },
    ];

    /// <summary>The names of those that hold a heap snapshot.</summary>
    public static string NamesOfSnapshots => string.Join(", ", All.Where(format => format.WriteSnapshot is not null).Select(format => format.Name));

    /// <summary>Whether the format is binary, which is useless on a terminal.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Whether a file has one kind of amounts: allocations, or live objects.</summary>
    public bool IsOfOneValue { get; init; }

    /// <summary>Whether a file says what holds the objects of growing call sites.</summary>
    public bool ShowsHolders { get; init; }

    /// <summary>Writes a comparison; null if the format cannot represent one.</summary>
    public Action<Stream, ProfileComparison, ConvertOptions>? WriteComparison { get; init; }

    /// <summary>Writes a heap snapshot, of a file; null if the format does not hold one.</summary>
    public Action<Stream, HeapSnapshot, string>? WriteSnapshot { get; init; }

    /// <summary>Writes a comparison of heap snapshots; null if the format cannot represent one.</summary>
    public Action<Stream, HeapComparison>? WriteHeapComparison { get; init; }

    private static void WriteSites(TextWriter writer, MemoryProfile profile, CallTreeValue value)
    {
        var sampling = profile.Allocations.Sampling;
        CsvReport.Write(writer, value switch
        {
            CallTreeValue.Live => LiveTables.Sites(profile.Live!.End, sampling),
            CallTreeValue.Peak => LiveTables.Sites(profile.Live!.Peak, sampling),
            _ => AllocationTables.Sites(profile.Allocations),
        });
    }

    private static Action<Stream, HeapSnapshot, string> OfHeap(Action<Stream, HeapProfile, HeapAnalysis> write) => (stream, snapshot, file) =>
    {
        using var analysis = new HeapAnalysis(snapshot);
        write(stream, analysis.Describe(file), analysis);
    };

    // A text file ends with a line end.
    private static Action<Stream, MemoryProfile, ConvertOptions> AsDocument(Action<Stream, MemoryProfile, ConvertOptions> write) => (stream, profile, options) =>
    {
        write(stream, profile, options);
        stream.Write("\n"u8);
    };

    private static Action<Stream, MemoryProfile, ConvertOptions> AsText(Action<TextWriter, MemoryProfile, CallTreeValue> write) => (stream, profile, options) =>
    {
        using var writer = new StreamWriter(stream, Utf8, leaveOpen: true);
        write(writer, profile, options.Value);
    };
}

/// <summary>Options of a conversion.</summary>
/// <param name="Value">What the amounts are, where the format has one kind of them.</param>
/// <param name="Filter">What the profile was filtered by; null for nothing, or where that must not be revealed.</param>
internal sealed record ConvertOptions(CallTreeValue Value, ProfileFilter? Filter);
