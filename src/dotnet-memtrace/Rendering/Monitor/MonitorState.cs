using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.HeapSnapshots;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>The content of a live view's list.</summary>
internal enum MonitorList
{
    /// <summary>Types.</summary>
    Types,

    /// <summary>Types by call site.</summary>
    Sites,

    /// <summary>Methods, with callees.</summary>
    Methods,
}

/// <summary>The sort order of the list, largest first.</summary>
internal enum MonitorOrder
{
    /// <summary>By current allocation rate.</summary>
    Rate,

    /// <summary>By total allocation.</summary>
    Allocated,

    /// <summary>By live bytes.</summary>
    Live,

    /// <summary>By growth of live bytes.</summary>
    Growth,

    /// <summary>By what a method allocates itself.</summary>
    Self,
}

/// <summary>The page below the header of a live view.</summary>
internal enum MonitorPage
{
    /// <summary>The list.</summary>
    List,

    /// <summary>The stacks of a row.</summary>
    Stacks,

    /// <summary>Resident memory by category.</summary>
    Breakdown,

    /// <summary>The collections.</summary>
    Collections,

    /// <summary>The last heap snapshot.</summary>
    Heap,

    /// <summary>The keys.</summary>
    Help,
}

/// <summary>The prompt in the last line.</summary>
internal enum MonitorPrompt
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The filter.</summary>
    Filter,

    /// <summary>Confirmation of an induced collection.</summary>
    Collect,

    /// <summary>Confirmation of a heap snapshot.</summary>
    HeapSnapshot,
}

/// <summary>An action beyond the screen that a key requests.</summary>
internal enum MonitorAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Quit.</summary>
    Quit,

    /// <summary>Save the last minutes.</summary>
    Save,

    /// <summary>Induce a full collection.</summary>
    Collect,

    /// <summary>Take a memory map snapshot.</summary>
    TakeSnapshot,

    /// <summary>Take a heap snapshot.</summary>
    TakeHeapSnapshot,
}

/// <summary>The state of a live view. Immutable.</summary>
internal sealed record MonitorState
{
    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Rows of the terminal.</summary>
    public int Height { get; init; } = 24;

    /// <summary>The update shown; null before the first event.</summary>
    public LiveUpdate? Update { get; init; }

    /// <summary>While the display is paused: the latest update.</summary>
    public LiveUpdate? LatestUpdate { get; init; }

    /// <summary>The filtered profile; null before the first event.</summary>
    public MemoryProfile? Filtered { get; init; }

    /// <summary>The content of the list.</summary>
    public MonitorList List { get; init; }

    /// <summary>Its sort order.</summary>
    public MonitorOrder Order { get; init; }

    /// <summary>Its rows, in that order.</summary>
    public ImmutableArray<LiveRow> Rows { get; init; } = [];

    /// <summary>Index of the selected row.</summary>
    public int Selected { get; init; }

    /// <summary>The confirmed filter, as typed; empty for none.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The filter in effect, which may be still being typed.</summary>
    public string AppliedFilter => Prompt == MonitorPrompt.Filter ? Input : Filter;

    /// <summary>Whether the filter is not a valid regular expression and is therefore matched literally.</summary>
    public bool IsFilterPlain => IsPlain(AppliedFilter);

    /// <summary>The page below the header.</summary>
    public MonitorPage Page { get; init; }

    /// <summary>Lines scrolled off the top of the page.</summary>
    public int Scroll { get; init; }

    /// <summary>The row whose stacks are shown.</summary>
    public LiveRow? Opened { get; init; }

    /// <summary>Whether the display is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The prompt in the last line.</summary>
    public MonitorPrompt Prompt { get; init; }

    /// <summary>The text typed at the prompt.</summary>
    public string Input { get; init; } = "";

    /// <summary>The message in the last line instead of the keys, or null.</summary>
    public string? Message { get; init; }

    /// <summary>The requested action.</summary>
    public MonitorAction Action { get; init; }

    /// <summary>Whether a requested memory map snapshot has not arrived yet.</summary>
    public bool IsTakingSnapshot { get; init; }

    /// <summary>The heap snapshots.</summary>
    public MonitorHeap Heap { get; init; } = MonitorHeap.None;

    /// <summary>What a heap snapshot would cost the process: the whole resident set could be heap if the heap's size is unknown.</summary>
    public HeapCost HeapCost => new(Update?.GcHeapBytes ?? Update?.Profile.Memory.Rss?.CurrentBytes, Update?.Profile.Memory.Container?.LeftBytes);

    /// <summary>How the process ended, once it has. From then on the view can only be browsed and saved.</summary>
    public string? Ended { get; init; }

    /// <summary>Whether live objects are known.</summary>
    public bool HasLive => Update?.Profile is { } profile && (profile.Recording.SurvivalTracking || profile.Live is not null);

    /// <summary>The state with a new update, which is only kept while the display is paused.</summary>
    public MonitorState Observe(LiveUpdate update) => IsPaused && Update is not null ? this with { LatestUpdate = update } : (this with { Update = update }).Arrange();

    /// <summary>Pauses the display, or resumes it with the latest update.</summary>
    public MonitorState Pause() => IsPaused
        ? (this with { IsPaused = false, Update = LatestUpdate ?? Update, LatestUpdate = null }).Arrange()
        : this with { IsPaused = true };

    /// <summary>Filters and sorts the rows.</summary>
    public MonitorState Arrange()
    {
        if (Update is not { } update)
            return this;
        var (profile, before) = (update.Profile, update.Recent.Baseline);
        if (AppliedFilter.Length > 0)
        {
            var filter = new ProfileFilter(Pattern(AppliedFilter));
            (profile, before) = (filter.Apply(profile), before is null ? null : filter.Apply(before));
        }

        var rows = List switch
        {
            MonitorList.Types => LiveRow.Types(profile, before, update.Recent.Seconds),
            MonitorList.Sites => LiveRow.Sites(profile, before, update.Recent.Seconds),
            _ => LiveMethods.Rows(profile, before, update.Recent.Seconds),
        };
        ImmutableArray<LiveRow> ordered = [.. rows.OrderByDescending(Key)];
        return this with { Filtered = profile, Rows = ordered, Selected = SelectedIn(ordered) };
    }

    // The selection follows its row when the order changes; at the top it stays at the top.
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

    // Sorting is stable: equal rows stay in the profile's order, which is by bytes.
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
