using System.Collections.Immutable;
using Memtrace.Analysis;
using Memtrace.Analysis.Comparison;
using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Fuzz.Mutation;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Rendering;

namespace Memtrace.Fuzz.Oracles;

/// <summary>
/// A recording has a profile or is refused by a <see cref="RecordingException"/>; a profile can be written in every form. Each input is written in some of
/// them. All this allocates no more than <see cref="FixedBytes"/> and <see cref="BytesPerInputByte"/> for each byte of the input.
/// </summary>
internal sealed class ReportOracle : IOracle
{
    /// <summary>The tables and series that do not depend on the input.</summary>
    public const long FixedBytes = 64 << 20;

    /// <summary>The analysis and the writing in one form.</summary>
    public const long BytesPerInputByte = 1024;

    private static readonly ImmutableArray<ReportView> Views = ReportView.All;

    private MemoryProfile? _other;

    public void Check(MutatedRecording input, int seed)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        MemoryProfile profile;
        try
        {
            profile = RecordingAnalysis.Analyze(() => new MemoryStream(input.Bytes), input.Origin.Name, Window(seed));
        }
        catch (RecordingException exception) when (!exception.Message.Contains('\n', StringComparison.Ordinal))
        {
            return;
        }

        Write(profile, seed);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var limit = FixedBytes + (BytesPerInputByte * input.Bytes.Length);
        if (allocated > limit)
            throw new OracleException($"a report of {input.Bytes.Length} bytes allocated {allocated}, more than {limit}");
    }

    private static AnalysisOptions Window(int seed) => (seed % 16) switch
    {
        0 => new AnalysisOptions(0.5, 1),
        1 => new AnalysisOptions(TrackedObjects: 4) { Collections = 2 },
        _ => new AnalysisOptions(),
    };

    private void Write(MemoryProfile profile, int seed)
    {
        WriteText(profile, seed);
        JsonReport.Write(Stream.Null, profile);
        foreach (var table in Tables(profile))
            CsvReport.Write(TextWriter.Null, table);
        var format = ConvertFormat.All[seed % ConvertFormat.All.Length];
        format.Write?.Invoke(Stream.Null, profile, new ConvertOptions(CallTreeValue.Allocated, Filter: null));
        if (seed % 8 == 0)
            JsonReport.Write(Stream.Null, new Redactor(profile).Apply(profile));
        if (seed % 8 == 1 && _other is not null)
            Compare(_other, profile);
        if (seed % 32 == 0)
            _other = profile;
    }

    private static void WriteText(MemoryProfile profile, int seed)
    {
        var options = new ReportOptions { View = Views[seed % Views.Length], Direction = seed % 2 == 0 ? CallTreeDirection.Callers : CallTreeDirection.Callees, AllFrames = seed % 3 == 0 };
        var console = ReportConsole.Plain(new StringWriter(), seed % 5 == 0 ? ReportConsole.MinimumWidth : null);
        ReportRenderer.Summary(profile, console);
        if (!options.NeedsSurvival || profile.Live is not null)
            ReportRenderer.Write(profile, console, options);
    }

    private static IEnumerable<ReportTable> Tables(MemoryProfile profile)
    {
        yield return SummaryTable.Of(profile);
        yield return FindingTable.Of(profile.Findings);
        yield return BreakdownTables.Each(profile.Breakdown);
        yield return AllocationTables.Types(profile.Allocations);
        yield return AllocationTables.Sites(profile.Allocations);
        yield return CollectionTables.Each(profile.Collections.Items);
        yield return TimelineTable.Of(profile.Timeline, profile.Recording.WindowStartSeconds);
        if (profile.Live is not { } live)
            yield break;
        var sampling = profile.Allocations.Sampling;
        yield return LiveTables.Sites(live.End, sampling);
        yield return LiveTables.Sites(live.Peak, sampling);
        yield return GrowthTable.Of(live.Growth, sampling);
        yield return LifetimeTable.Of(live.Lifetimes, sampling);
    }

    private static void Compare(MemoryProfile before, MemoryProfile after)
    {
        var comparison = ProfileComparer.Compare(before, after, new ComparisonOptions { Tree = true });
        JsonComparison.Write(Stream.Null, comparison);
    }
}
