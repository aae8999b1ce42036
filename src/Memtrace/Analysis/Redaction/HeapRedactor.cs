using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Redaction;

/// <summary>
/// Replaces what identifies the program in what is known of its heap, as <see cref="Redactor"/> does in a profile of a recording. What objects contain has no pseudonym:
/// it is left out. Not thread-safe.
/// </summary>
internal sealed class HeapRedactor
{
    private readonly Pseudonyms _pseudonyms = new();
    private readonly NameRedactor _names;
    private readonly PathRedactor _paths;
    private readonly HeapNameRedactor _heapNames;

    /// <summary>A redactor for a heap.</summary>
    /// <param name="types">Readable names of all types.</param>
    /// <param name="members">Readable names of the methods and static fields that hold objects.</param>
    public HeapRedactor(IEnumerable<string> types, IEnumerable<string> members)
    {
        (_names, _paths) = (new NameRedactor(_pseudonyms), new PathRedactor(_pseudonyms));
        _heapNames = new HeapNameRedactor(_names, _pseudonyms);
        foreach (var type in types)
            _heapNames.LearnType(type);
        foreach (var member in members)
            _heapNames.LearnMember(member);
    }

    /// <summary>A type in pseudonyms.</summary>
    /// <param name="name">Its readable name.</param>
    public string Type(string name) => _heapNames.Type(name);

    /// <summary>A method or a static field in pseudonyms.</summary>
    /// <param name="name">Its readable name.</param>
    public string Member(string name) => _heapNames.Member(name);

    /// <summary>A field in pseudonyms, or several with what separates them.</summary>
    /// <param name="name">Its name.</param>
    public string Field(string name) => _heapNames.Field(name);

    /// <summary>A module in pseudonyms, without its folders.</summary>
    /// <param name="path">Its path.</param>
    public string Module(string path) => _names.RedactAssembly(RecordedPath.FileName(path));

    /// <summary>A path in pseudonyms.</summary>
    /// <param name="path">The path.</param>
    public string Path(string path) => _paths.Redact(path);

    /// <summary>Facts in pseudonyms, without contents.</summary>
    /// <param name="facts">The facts.</param>
    public HeapSnapshotFacts Apply(HeapSnapshotFacts facts) => facts with
    {
        Process = _names.Redact(facts.Process),
        Dump = facts.Dump is { } dump ? Apply(dump) : null,
    };

    private DumpFacts Apply(DumpFacts dump) => dump with
    {
        Exceptions = [.. dump.Exceptions.Select(Apply)],
        Threads = [.. dump.Threads.Select(group => group with { Frames = Members(group.Frames) })],
        Strings = [.. dump.Strings.Select(text => text with { Value = null })],
        Arrays = dump.Arrays is { } arrays ? Apply(arrays) : null,
        Collections = dump.Collections is { } collections ? collections with { Types = [.. collections.Types.Select(use => use with { Type = Type(use.Type) })] } : null,
        Calls = dump.Calls is { } calls ? calls with { Methods = [.. calls.Methods.Select(method => method with { Method = Member(method.Method) })] } : null,
        Timers = dump.Timers is { } timers ? timers with { Groups = [.. timers.Groups.Select(Apply)] } : null,
        LoadContexts = dump.LoadContexts is { } contexts ? contexts with { Contexts = [.. contexts.Contexts.Select(Apply)] } : null,
        Regions = dump.Regions is { } regions ? regions with { Fragmented = [.. regions.Fragmented.Select(region => region with { PinnedType = OptionalType(region.PinnedType) })] } : null,
    };

    private DumpedException Apply(DumpedException exception) => exception with
    {
        Type = Type(exception.Type),
        Message = null,
        Stack = Members(exception.Stack),
        Inner = exception.Inner is { } inner ? Apply(inner) : null,
    };

    private DumpedArrays Apply(DumpedArrays arrays) => arrays with
    {
        Repeated = [.. arrays.Repeated.Select(array => array with { Type = Type(array.Type), Value = null })],
        Sparse = [.. arrays.Sparse.Select(use => use with { Type = Type(use.Type) })],
    };

    private TimerGroup Apply(TimerGroup timer) => timer with { Callback = Member(timer.Callback), StateType = OptionalType(timer.StateType) };

    // The runtime names the program's own context.
    private LoadContext Apply(LoadContext context) => context with
    {
        Name = context.Name is { } name and not "Default" ? _names.RedactAssembly(name) : context.Name,
        Type = OptionalType(context.Type),
        LargestType = OptionalType(context.LargestType),
    };

    private string? OptionalType(string? name) => name is null ? null : Type(name);

    private ImmutableArray<string> Members(ImmutableArray<string> names) => [.. names.Select(Member)];
}
