using System.Collections.Immutable;
using System.Text;
using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Pprof;
using Memtrace.Profiles;

namespace Memtrace.Tool.Commands;

/// <summary>A format that recordings are converted to.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Extension">What its files end with.</param>
/// <param name="Description">What it is, for the help.</param>
/// <param name="Opening">What opens such a file.</param>
/// <param name="Write">Writes a profile; the value counts only where <see cref="IsOfOneValue"/>.</param>
internal sealed record ConvertFormat(string Name, string Extension, string Description, string Opening, Action<Stream, MemoryProfile, CallTreeValue> Write)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>All of them.</summary>
    public static ImmutableArray<ConvertFormat> All { get; } =
    [
        new("pprof", ".pb.gz", "profile.proto for pprof, Pyroscope, Parca", "go tool pprof -http=: FILE", (stream, profile, _) => PprofProfile.Write(stream, profile)),
        new("speedscope", ".speedscope.json", "for speedscope.app", "https://www.speedscope.app", (stream, profile, _) => SpeedscopeFile.Write(stream, profile)),
        new("collapsed", ".folded", "stacks for flamegraph.pl and the like", "flamegraph.pl --countname=bytes FILE", AsText(CollapsedStacks.Write)) { IsOfOneValue = true },
        new("html", ".html", "a page with a flame graph, for a browser, offline", "a browser", (stream, profile, _) => HtmlReport.Write(stream, profile)) { WriteComparison = HtmlReport.Write },
        new("chromium", ".trace.json", "memory over time for Perfetto", "https://ui.perfetto.dev", (stream, profile, _) => ChromiumTrace.Write(stream, profile)),
        new("json", ".json", "all there is, as of report --format json", "jq . FILE", (stream, profile, _) => JsonReport.Write(stream, profile)),
        new("csv", ".csv", "call sites, as of report --view sites --format csv", "a spreadsheet", AsText(WriteSites)) { IsOfOneValue = true },
    ];

    /// <summary>Whether a file holds one value: what was allocated, or what lives.</summary>
    public bool IsOfOneValue { get; init; }

    /// <summary>Writes what changed between two profiles; null where the format has no way to say it.</summary>
    public Action<Stream, ProfileComparison>? WriteComparison { get; init; }

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

    private static Action<Stream, MemoryProfile, CallTreeValue> AsText(Action<TextWriter, MemoryProfile, CallTreeValue> write) => (stream, profile, value) =>
    {
        using var writer = new StreamWriter(stream, Utf8, leaveOpen: true);
        write(writer, profile, value);
    };
}
