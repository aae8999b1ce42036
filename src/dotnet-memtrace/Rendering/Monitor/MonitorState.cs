using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>What the list of a live view lists.</summary>
internal enum MonitorList
{
    /// <summary>Types.</summary>
    Types,

    /// <summary>Types by call site.</summary>
    Sites,

    /// <summary>Methods, with what they call.</summary>
    Methods,
}

/// <summary>By what the list is ordered, largest first.</summary>
internal enum MonitorOrder
{
    /// <summary>By what is allocated a second at present.</summary>
    Rate,

    /// <summary>By what has been allocated.</summary>
    Allocated,

    /// <summary>By what lives.</summary>
    Live,

    /// <summary>By the growth of what lives.</summary>
    Growth,

    /// <summary>By what methods allocate themselves.</summary>
    Self,
}

/// <summary>What stands below the head of a live view.</summary>
internal enum MonitorPage
{
    /// <summary>The list.</summary>
    List,

    /// <summary>The stacks of a row of it.</summary>
    Stacks,

    /// <summary>Where the resident memory is.</summary>
    Breakdown,

    /// <summary>The collections.</summary>
    Collections,

    /// <summary>The keys.</summary>
    Help,
}

/// <summary>What the last line asks.</summary>
internal enum MonitorPrompt
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What to look for.</summary>
    Filter,

    /// <summary>Whether to have the process collect.</summary>
    Collect,
}

/// <summary>What a key asks for that is beyond the screen.</summary>
internal enum MonitorAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Leave.</summary>
    Quit,

    /// <summary>Save the last minutes.</summary>
    Save,

    /// <summary>Have the process collect.</summary>
    Collect,

    /// <summary>Look where the memory is.</summary>
    Breakdown,
}

/// <summary>All that a live view shows and remembers. Immutable.</summary>
internal sealed record MonitorState
{
    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Rows of the terminal.</summary>
    public int Height { get; init; } = 24;

    /// <summary>What is shown; null before the first event.</summary>
    public LiveUpdate? Moment { get; init; }

    /// <summary>What has been seen since what is shown stands still.</summary>
    public LiveUpdate? Later { get; init; }

    /// <summary>What of the moment's profile the filter lets through; null before the first event.</summary>
    public MemoryProfile? Filtered { get; init; }

    /// <summary>What the list lists.</summary>
    public MonitorList List { get; init; }

    /// <summary>Its order.</summary>
    public MonitorOrder Order { get; init; }

    /// <summary>Its rows, in that order.</summary>
    public ImmutableArray<LiveRow> Rows { get; init; } = [];

    /// <summary>The chosen row, by its place.</summary>
    public int Selected { get; init; }

    /// <summary>What the rows are filtered by when nothing is being typed, as it was typed; empty for nothing.</summary>
    public string Filter { get; init; } = "";

    /// <summary>What the rows are filtered by: while a filter is being typed, what there is of it.</summary>
    public string AppliedFilter => Prompt == MonitorPrompt.Filter ? Input : Filter;

    /// <summary>Whether the filter is no regular expression, such as <c>List&lt;</c>, and so meant as it stands.</summary>
    public bool IsFilterPlain => IsPlain(AppliedFilter);

    /// <summary>What stands below the head.</summary>
    public MonitorPage Page { get; init; }

    /// <summary>Lines of the page that are above the screen.</summary>
    public int Scroll { get; init; }

    /// <summary>The row whose stacks are shown.</summary>
    public LiveRow? Opened { get; init; }

    /// <summary>Whether what is shown stands still.</summary>
    public bool IsPaused { get; init; }

    /// <summary>What the last line asks.</summary>
    public MonitorPrompt Prompt { get; init; }

    /// <summary>What was typed there.</summary>
    public string Input { get; init; } = "";

    /// <summary>What the last line says instead of the keys, or null.</summary>
    public string? Message { get; init; }

    /// <summary>What is to be done next.</summary>
    public MonitorAction Action { get; init; }

    /// <summary>Whether a look at where the memory is has been asked for, and has not come yet.</summary>
    public bool IsTakingSnapshot { get; init; }

    /// <summary>How the process ended, once it has; from then on only looking and saving is possible.</summary>
    public string? Ended { get; init; }

    /// <summary>Whether it is known what lives.</summary>
    public bool HasLive => Moment?.Profile.Live is not null;

    /// <summary>The state with a later moment; where it is to stand still, for later.</summary>
    public MonitorState Observe(LiveUpdate moment) => IsPaused && Moment is not null ? this with { Later = moment } : (this with { Moment = moment }).Arrange();

    /// <summary>The state standing still, or going on with the last that has been seen: of a process that has ended there is nothing after it.</summary>
    public MonitorState Pause() => IsPaused
        ? (this with { IsPaused = false, Moment = Later ?? Moment, Later = null }).Arrange()
        : this with { IsPaused = true };

    /// <summary>The state with its rows chosen and ordered anew.</summary>
    public MonitorState Arrange()
    {
        if (Moment is not { } moment)
            return this;
        var (profile, before) = (moment.Profile, moment.Recent.Before);
        if (AppliedFilter.Length > 0)
        {
            var filter = new ProfileFilter(Pattern(AppliedFilter));
            (profile, before) = (filter.Apply(profile), before is null ? null : AllocationFilter.Apply(before, filter));
        }

        var rows = List switch
        {
            MonitorList.Types => LiveRow.Types(profile, before, moment.Recent.Seconds),
            MonitorList.Sites => LiveRow.Sites(profile, before, moment.Recent.Seconds),
            _ => LiveMethods.Rows(profile, before, moment.Recent.Seconds),
        };
        ImmutableArray<LiveRow> ordered = [.. rows.OrderByDescending(Key)];
        return this with { Filtered = profile, Rows = ordered, Selected = SelectedIn(ordered) };
    }

    // The mark stays with its row when the order changes; at the top it stays at the top.
    private int SelectedIn(ImmutableArray<LiveRow> rows)
    {
        var place = -1;
        if (Selected > 0 && Selected < Rows.Length)
        {
            var (type, site) = (Rows[Selected].Type, Rows[Selected].Site);
            place = rows.IndexOf(rows.FirstOrDefault(row => row.Type == type && row.Site == site)!);
        }

        return place >= 0 ? place : Math.Clamp(Selected, 0, Math.Max(0, rows.Length - 1));
    }

    // Sorting is stable: what is equal stays in the profile's order, which is by bytes.
    private double Key(LiveRow row) => Order switch
    {
        MonitorOrder.Allocated => row.Allocated.Bytes,
        MonitorOrder.Live => row.Live?.Bytes ?? 0,
        MonitorOrder.Growth => row.GrowthBytesPerSecond ?? 0,
        MonitorOrder.Self => row.Self?.Bytes ?? 0,
        _ => row.BytesPerSecond,
    };

    private const RegexOptions PatternOptions = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking;

    private static Regex Pattern(string filter) => new(IsPlain(filter) ? Regex.Escape(filter) : filter, PatternOptions);

    // Only expressions that match in linear time are accepted.
    private static bool IsPlain(string filter)
    {
        try
        {
            _ = new Regex(filter, PatternOptions);
            return false;
        }
        catch (Exception error) when (error is RegexParseException or NotSupportedException)
        {
            return true;
        }
    }
}
