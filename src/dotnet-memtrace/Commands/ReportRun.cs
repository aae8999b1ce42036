using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;
using Spectre.Console;

namespace Memtrace.Tool.Commands;

/// <summary>Carries out a <see cref="ReportRequest"/>: reads all recordings, then writes.</summary>
/// <param name="request">What was asked for.</param>
internal sealed class ReportRun(ReportRequest request)
{
    private int _exitCode = ExitCode.Ok;

    /// <summary>Reads and writes. A recording that cannot be read does not keep the others from being reported.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        try
        {
            request.Output.RequireFree();
            var profiles = Redacted([.. request.Files.Select(Read).OfType<Subject>()]);
            if (profiles.Count > 0)
                Write(profiles);
        }
        catch (CommandException error)
        {
            Fail(error);
        }

        return _exitCode;
    }

    private Subject? Read(string file)
    {
        try
        {
            var needsSurvival = request.Options.NeedsSurvival && request.Output.Format != ReportFormat.Json;
            var (all, selected) = request.Selection.Read(file, needsSurvival);
            var filter = request.Selection.Filter is { } applied ? new AppliedFilter(request.Redact ? "Filter" : applied.ToString(), all) : null;
            return new Subject(selected, request.Options with { Filter = filter }, all);
        }
        catch (CommandException error)
        {
            Fail(error);
            return null;
        }
    }

    /// <summary>All recordings by the same pseudonyms, where that was asked for. Filters are about the names as they are.</summary>
    private List<Subject> Redacted(List<Subject> subjects)
    {
        if (!request.Redact)
            return subjects;
        var redactor = new Redactor(subjects.Select(subject => subject.All));
        return [.. subjects.Select(subject => subject with { Profile = redactor.Apply(subject.Profile) })];
    }

    private void Fail(CommandException error)
    {
        Errors.Write(error.Message);
        _exitCode = error.ExitCode;
    }

    private void Write(List<Subject> profiles) => request.Output.Write(
        console => WriteText(profiles, console),
        stream => WriteJson([.. profiles.Select(subject => Selected(subject.Profile))], stream),
        writer => WriteCsv(profiles, writer));

    private void WriteText(List<Subject> subjects, IAnsiConsole console)
    {
        foreach (var (profile, options, _) in subjects)
        {
            if (request.Files.Length > 1)
                ReportRenderer.Heading(profile, console);
            ReportRenderer.Write(profile, console, options);
        }
    }

    private void WriteJson(List<MemoryProfile> profiles, Stream stream)
    {
        // What was asked for by name would tell the name.
        var filter = request.Redact ? null : request.Selection.Filter;
        if (request.Files.Length == 1)
            JsonReport.Write(stream, profiles[0], filter);
        else
            JsonReport.Write(stream, profiles, filter);
    }

    private void WriteCsv(List<Subject> subjects, TextWriter writer)
    {
        if (request.Files.Length == 1)
            CsvReport.Write(writer, Table(subjects[0].Profile));
        else
            CsvReport.Write(writer, subjects.Select(subject => (subject.Profile.Recording.File, Table(subject.Profile))));
    }

    private MemoryProfile Selected(MemoryProfile profile)
    {
        var selection = new AllocationSelection(request.Options.Order, request.Options.Top);
        return profile with
        {
            Allocations = selection.Apply(profile.Allocations),
            Live = profile.Live is { } live ? selection.Apply(live) : null,
        };
    }

    private ReportTable Table(MemoryProfile profile)
    {
        var options = request.Options;
        var table = options.NeedsSurvival && options.View != ReportView.Tree ? LiveTable(profile) : options.View switch
        {
            ReportView.Findings => FindingTable.Of(profile.Findings),
            ReportView.Breakdown => BreakdownTables.Each(profile.Breakdown),
            ReportView.Types => AllocationTables.Types(Selected(profile).Allocations),
            ReportView.Sites => AllocationTables.Sites(Selected(profile).Allocations),
            ReportView.Tree => CallTreeTable.Of(
                profile.Allocations.Sampling,
                CallTreeRows.All(ProfileCallTree.Build(profile, options.Value, options.Inverted), options.MinimumShare),
                options.Inverted),
            ReportView.Collections => CollectionTables.Each(profile.Collections.Items),
            ReportView.Timeline => TimelineTable.Of(profile.Timeline, profile.Recording.WindowStartSeconds),
            _ => SummaryTable.Of(profile),
        };
        return options.Top is { } top && options.View != ReportView.Summary ? table with { Rows = table.Rows.Take(top) } : table;
    }

    private ReportTable LiveTable(MemoryProfile profile)
    {
        var (live, sampling) = (Selected(profile).Live!, profile.Allocations.Sampling);
        return request.Options.View switch
        {
            ReportView.Live => LiveTables.Sites(live.End, sampling),
            ReportView.Peak => LiveTables.Sites(live.Peak, sampling),
            ReportView.Growth => GrowthTable.Of(live.Growth, sampling),
            _ => LifetimeTable.Of(live.Lifetimes, sampling),
        };
    }

    /// <summary>A profile, how it is shown, and all of what it was filtered from.</summary>
    private sealed record Subject(MemoryProfile Profile, ReportOptions Options, MemoryProfile All);
}
