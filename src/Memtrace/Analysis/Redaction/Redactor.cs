using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Redaction;

/// <summary>
/// Replaces what identifies the program by pseudonyms: names of types, methods and assemblies outside of <c>System.*</c> and <c>Microsoft.*</c>, paths, the command
/// line. A word has the same number everywhere, in all profiles of a redactor; the letter before it is its role: N namespace
/// or assembly, T type, M method or property, P folder, F file, C command line. docs/convert.md lists what remains. Not thread-safe.
/// </summary>
internal sealed partial class Redactor
{
    private readonly Pseudonyms _pseudonyms = new();
    private readonly NameRedactor _names;
    private readonly PathRedactor _paths;
    private readonly HeapNameRedactor _heap;
    private readonly Dictionary<Frame, Frame> _frames = [];
    private readonly Dictionary<CallStack, CallStack> _stacks = [];
    private readonly Dictionary<Finding, Finding> _findings = [];

    /// <summary>A redactor for some profiles. Filtered versions of them get the same pseudonyms.</summary>
    /// <param name="profiles">The complete profiles.</param>
    public Redactor(params IEnumerable<MemoryProfile> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        (_names, _paths) = (new NameRedactor(_pseudonyms), new PathRedactor(_pseudonyms));
        _heap = new HeapNameRedactor(_names, _pseudonyms);
        var all = profiles.ToList();
        foreach (var profile in all)
            Learn(profile);
        foreach (var profile in all)
            Conclude(profile);
    }

    /// <summary>The profile in pseudonyms: one of the redactor's profiles, or a filtered version of one.</summary>
    /// <param name="profile">The profile.</param>
    public MemoryProfile Apply(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile with
        {
            Process = _names.Redact(profile.Process),
            Recording = Apply(profile.Recording),
            Collections = profile.Collections with { Requests = [.. profile.Collections.Requests.Select(item => item with { Site = Of(item.Site), UserCode = Of(item.UserCode) })] },
            Allocations = Apply(profile.Allocations),
            Live = profile.Live is { } live ? Apply(live) : null,
            Breakdown = [.. profile.Breakdown.Select(Apply)],
            Findings = [.. profile.Findings.Select(Apply)],
        };
    }

    /// <summary>The comparison in pseudonyms. Compare the original profiles, because names are matched by a comparison.</summary>
    /// <param name="comparison">The comparison.</param>
    public ProfileComparison Apply(ProfileComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison with
        {
            Before = Apply(comparison.Before),
            After = Apply(comparison.After),
            Metrics = [.. comparison.Metrics.Select(Apply)],
        };
    }

    /// <summary>Findings of a redacted profile are in pseudonyms already. Redacting the text of the original findings would also replace ordinary words that happen to be names.</summary>
    private void Conclude(MemoryProfile profile)
    {
        var redacted = FindingRules.Apply(Apply(profile));
        if (!redacted.Select(finding => finding.Id).SequenceEqual(profile.Findings.Select(finding => finding.Id), StringComparer.Ordinal))
            return;
        foreach (var (finding, byPseudonyms) in profile.Findings.Zip(redacted))
            _findings.TryAdd(finding, byPseudonyms);
    }

    private void Learn(MemoryProfile profile)
    {
        var stacks = new HashSet<CallStack>();
        foreach (var (type, stack) in AllStacks(profile))
        {
            _names.Learn(type, NameRole.Type);
            for (var rest = stack; rest is not null && stacks.Add(rest); rest = rest.Caller)
                _names.Learn(rest.Frame.Method, NameRole.Method);
        }

        foreach (var holder in (profile.Live?.Growth ?? []).Select(site => site.HeldBy).OfType<SiteHolder>())
            _heap.Learn(holder.Path);
    }

    private static IEnumerable<(string Type, CallStack? Stack)> AllStacks(MemoryProfile profile)
    {
        IEnumerable<LiveSnapshot?> snapshots = [profile.Live?.End, profile.Live?.Peak, profile.Live?.PeakRss];
        return profile.Allocations.Stacks.Select(item => (item.Type, item.Stack))
            .Concat(snapshots.OfType<LiveSnapshot>().SelectMany(snapshot => snapshot.Stacks).Select(item => (item.Type, item.Stack)));
    }

    private RecordingDescription Apply(RecordingDescription recording) => recording with
    {
        File = _paths.Redact(recording.File),
        HeapSnapshot = recording.HeapSnapshot is { } snapshot ? _paths.Redact(snapshot) : null,
        EndDetail = OptionalText(recording.EndDetail),
        SurvivalStopped = OptionalText(recording.SurvivalStopped),
        OwnModules = [.. recording.OwnModules.Select(module => module with { Name = _names.RedactAssembly(module.Name) })],
    };

    private AllocationProfile Apply(AllocationProfile allocations) => allocations with
    {
        Types = [.. allocations.Types.Select(item => item with { Type = Type(item.Type) })],
        Sites = [.. allocations.Sites.Select(Apply)],
        Stacks = [.. allocations.Stacks.Select(item => item with { Type = Type(item.Type), Stack = Of(item.Stack) })],
    };

    private SiteAllocations Apply(SiteAllocations item) => item with
    {
        Type = Type(item.Type),
        Site = Of(item.Site),
        Allocator = Of(item.Allocator),
        Stack = Of(item.Stack),
    };

    private LiveHeapProfile Apply(LiveHeapProfile live) => live with
    {
        End = Apply(live.End),
        Peak = Apply(live.Peak),
        PeakRss = live.PeakRss is { } peakRss ? Apply(peakRss) : null,
        Growth = [.. live.Growth.Select(Apply)],
        Lifetimes = [.. live.Lifetimes.Select(item => item with { Type = Type(item.Type), Site = Of(item.Site) })],
        Objects = [],
    };

    private GrowthSite Apply(GrowthSite item) => item with
    {
        Type = Type(item.Type),
        Site = Of(item.Site),
        HeldBy = item.HeldBy is { } holder ? holder with { Path = _heap.Path(holder.Path) } : null,
    };

    private LiveSnapshot Apply(LiveSnapshot snapshot) => snapshot with
    {
        Types = [.. snapshot.Types.Select(item => item with { Type = Type(item.Type) })],
        Sites = [.. snapshot.Sites.Select(Apply)],
        Stacks = [.. snapshot.Stacks.Select(item => item with { Type = Type(item.Type), Stack = Of(item.Stack) })],
    };

    private LiveSite Apply(LiveSite item) => item with
    {
        Type = Type(item.Type),
        Site = Of(item.Site),
        Allocator = Of(item.Allocator),
        Stack = Of(item.Stack),
    };

    private MemoryBreakdown Apply(MemoryBreakdown breakdown) => breakdown with
    {
        LargestFiles = [.. breakdown.LargestFiles.Select(file => file with { Path = _paths.Redact(file.Path) })],
        Limits = [.. breakdown.Limits.Select(Text)],
    };

    private Finding Apply(Finding finding) => _findings.GetValueOrDefault(finding)
        ?? finding with { Title = Text(finding.Title), Detail = Text(finding.Detail), Advice = Text(finding.Advice) };

    private MetricComparison Apply(MetricComparison metric) => metric with
    {
        Types = [.. metric.Types.Select(item => item with { Type = Type(item.Type) })],
        Sites = [.. metric.Sites.Select(item => item with { Type = Type(item.Type), Site = Of(item.Site) })],
        Tree = metric.Tree is { } tree ? Apply(tree) : null,
    };

    private CallTreeChange Apply(CallTreeChange node) => node with { Frame = Of(node.Frame), Children = [.. node.Children.Select(Apply)] };

    private string Type(string name) => _names.Redact(name, NameRole.Type);

    private Frame? Of(Frame? frame)
    {
        if (frame is null || frame.Origin == FrameOrigin.Unresolved || frame == Frame.Deeper || frame == Frame.Rare)
            return frame;
        if (!_frames.TryGetValue(frame, out var redacted))
        {
            redacted = frame with
            {
                Method = _names.Redact(frame.Method, NameRole.Method),
                Module = frame.Module is { } module ? _names.RedactAssembly(module) : null,
                File = frame.File is { } file ? _paths.Redact(file) : null,
            };
            _frames.Add(frame, redacted);
        }

        return redacted;
    }

    private CallStack? Of(CallStack? stack)
    {
        if (stack is null)
            return null;
        if (!_stacks.TryGetValue(stack, out var redacted))
            _stacks.Add(stack, redacted = new CallStack(Of(stack.Frame)!, Of(stack.Caller)));
        return redacted;
    }

    private string? OptionalText(string? text) => text is null ? null : Text(text);

    /// <summary>Redacts text that contains names and paths.</summary>
    private string Text(string text) => _paths.Find(text) is { } path
        ? Text(text[..path.Start]) + _paths.Redact(text[path]) + Text(text[path.End..])
        : Words().Replace(text, word => PathRedactor.IsPath(word.Value) ? _paths.Redact(word.Value) : _pseudonyms.Replace(word.Value));

    /// <summary>A quoted path, which can contain spaces, or a word between spaces.</summary>
    [GeneratedRegex("""(?<=')([A-Za-z]:)?[/\\][^']*(?=')|(?<=")([A-Za-z]:)?[/\\][^"]*(?=")|[^\s'"([]+""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Words();
}
