using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Events.Names;
using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Json;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>One run of <c>heap</c>: takes or reads the snapshot, saves it, shows it.</summary>
/// <param name="request">The options.</param>
/// <param name="open">Opens the process.</param>
internal sealed class HeapRun(HeapRequestOptions request, Func<CancellationToken, Task<Target>> open)
{
    private SnapshotRedaction? _redaction;

    /// <summary>Runs.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync()
    {
        using var stop = new StopRequests(() => { });
        try
        {
            if (request.SaveAs is { } file)
                OutputFile.RequireFree(file, request.Force);
            if ((request.File is { } source ? SnapshotInput.Read(source, stop.Requested, request.Dump) : await TakeAsync(stop.Requested)) is not { } taken)
                return ExitCode.Cancelled;
            using var snapshot = Redacted(taken);
            Report(snapshot, stop.Requested);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (stop.Requested.IsCancellationRequested)
        {
            return Errors.Fail(ExitCode.Cancelled, "Cancelled. The process continues, and no session is left open in it.");
        }
    }

    /// <summary>Whether a file is to be a page for a browser.</summary>
    /// <param name="file">Its name.</param>
    internal static bool IsPage(string file) => file.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a file is to be in the format of dotnet-gcdump.</summary>
    /// <param name="file">Its name.</param>
    internal static bool IsGcDump(string file) => file.EndsWith(GcDumpFile.Extension, StringComparison.OrdinalIgnoreCase);

    private async Task<HeapSnapshot?> TakeAsync(CancellationToken cancellation)
    {
        await using var target = await open(cancellation);
        return await new ProcessSnapshot(target, request).TakeAsync(cancellation);
    }

    private HeapSnapshot Redacted(HeapSnapshot snapshot) => request.Redact ? (_redaction = new SnapshotRedaction(snapshot)).Snapshot : snapshot;

    private void Report(HeapSnapshot snapshot, CancellationToken cancellation)
    {
        // Saved before the analysis begins, which may take more memory than there is.
        var isPage = request.SaveAs is { } file && IsPage(file);
        if (!isPage)
            Save(stream => WriteSnapshot(stream, snapshot));
        using var analysis = new HeapAnalysis(snapshot);
        var profile = Describe(snapshot, analysis);
        if (_redaction is { } redaction && profile.File is { } named)
            profile = profile with { File = redaction.Path(named) };
        if (isPage)
            Save(stream => HtmlReport.Write(stream, profile with { File = null }, analysis.FindHeaviestPaths()));
        if (request.Against is { } before)
            new HeapComparisonOutput(request.Output, HeapDiffView.Of(request.View.Name)!, request.Top)
                .Write(HeapComparer.Compare(Selected(SnapshotInput.Describe(before, cancellation)), Selected(profile)));
        else
            Show(Selected(profile), Paths(analysis));
    }

    private HeapProfile Describe(HeapSnapshot snapshot, HeapAnalysis analysis)
    {
        var file = request.SaveAs ?? request.File;
        return request.Recording is { } recording ? analysis.Describe(file, JoinedInput.Read(recording, new AnalysisOptions(), snapshot)) : analysis.Describe(file);
    }

    private void Save(Action<Stream> write)
    {
        if (request.SaveAs is not { } file)
            return;
        var bytes = OutputFile.Try(file, () => OutputFile.Write(file, request.Force, write));
        Console.Error.WriteLine($"Saved {TerminalText.Clean(file)} ({ByteSize.Format(bytes)}).");
    }

    private void WriteSnapshot(Stream stream, HeapSnapshot snapshot)
    {
        if (IsGcDump(request.SaveAs!))
            GcDumpFile.Write(stream, snapshot);
        else
            SnapshotFile.Write(stream, snapshot);
    }

    private ImmutableArray<HeapPath>? Paths(HeapAnalysis analysis) => request.Type is { } pattern ? analysis.FindPaths(type => IsMatch(pattern, type)) : null;

    // By its full name, or as lists of holders show it.
    private bool IsMatch(Regex pattern, string type) =>
        _redaction?.IsMatch(pattern, type) ?? (pattern.IsMatch(type) || pattern.IsMatch(ReadableNames.WithoutNamespaces(type)));

    /// <summary>What the user wants to see of it, in the order that was asked for.</summary>
    private HeapProfile Selected(HeapProfile profile)
    {
        var types = request.Filter is { } filter ? profile.Types.Where(type => IsMatch(filter, type.Type)) : profile.Types;
        return profile with { Types = [.. Ordered(types)] };
    }

    private IEnumerable<HeapTypeSummary> Ordered(IEnumerable<HeapTypeSummary> types) => request.Order switch
    {
        HeapOrder.Objects => types.OrderByDescending(type => type.Objects),
        HeapOrder.Retained => types.OrderByDescending(type => type.RetainedBytes),
        HeapOrder.Name => types.OrderBy(type => type.Type, StringComparer.Ordinal),
        _ => types,
    };

    private void Show(HeapProfile profile, ImmutableArray<HeapPath>? paths) => request.Output.Write(
        console => HeapRenderer.Write(profile, console, Options(profile, paths)),
        stream => JsonHeap.Write(stream, profile, paths),
        writer => CsvReport.Write(writer, request.View.Table(profile, Options(profile, paths)).First(request.Top)));

    private HeapOptions Options(HeapProfile profile, ImmutableArray<HeapPath>? paths) => new()
    {
        View = request.View,
        Top = request.Top,
        Paths = paths ?? [],
        HasSelectedTypes = request.Type is not { } pattern || profile.Types.Any(type => IsMatch(pattern, type.Type)),
    };
}
