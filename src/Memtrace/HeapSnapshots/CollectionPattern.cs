using System.Collections.Immutable;

namespace Memtrace.HeapSnapshots;

/// <summary>A collection, or another holder, with the internal objects that its users never see.</summary>
/// <param name="Type">Full name of the type, without type arguments.</param>
/// <param name="Parts">
/// Full names of its internal types; <c>[]</c> stands for any array, and <c>*</c> ends the beginning of a name. One with type arguments stands for this
/// construction only. The runtime names nested types without the types that they are nested in, so those match by the last part of their name.
/// </param>
internal sealed record CollectionPattern(string Type, params ImmutableArray<string> Parts)
{
    private const string AnyArray = "[]";
    private const string Generic = "System.Collections.Generic.";
    private const string Concurrent = "System.Collections.Concurrent.";
    private const string Immutable = "System.Collections.Immutable.";
    private const string Tasks = "System.Threading.Tasks.";
    private const string Services = "Microsoft.Extensions.DependencyInjection.";

    /// <summary>What a container keeps services in: their call sites and accessors, and what it will dispose.</summary>
    private static readonly ImmutableArray<string> ServiceParts =
    [
        Services + "ServiceLookup.*",
        Services + "ServiceProvider.*",
        $"{Concurrent}ConcurrentDictionary<{Services}*",
        $"{Generic}Dictionary<{Services}*",
        $"{Generic}List<System.Object>",
        "System.Object[]",
    ];

    private static readonly ImmutableArray<CollectionPattern> All =
    [
        new(Generic + "List", AnyArray),
        new(Generic + "Stack", AnyArray),
        new(Generic + "Queue", AnyArray),
        new(Generic + "PriorityQueue", AnyArray),
        new(Generic + "Dictionary", "System.Int32[]", Generic + "Dictionary.Entry[]", Generic + "Dictionary.KeyCollection", Generic + "Dictionary.ValueCollection"),
        new(Generic + "HashSet", "System.Int32[]", Generic + "HashSet.Entry[]"),
        new(Generic + "LinkedList", Generic + "LinkedListNode"),
        new(Generic + "SortedList", AnyArray),
        new(Generic + "SortedSet", Generic + "SortedSet.Node"),
        new(
            Generic + "SortedDictionary",
            Generic + "TreeSet", Generic + "SortedSet.Node", Generic + "SortedDictionary.KeyValuePairComparer"),
        new(Generic + "OrderedDictionary", "System.Int32[]", Generic + "OrderedDictionary.Entry[]"),
        new("System.Collections.ArrayList", AnyArray),
        new("System.Collections.Queue", AnyArray),
        new("System.Collections.Stack", AnyArray),
        new("System.Collections.Hashtable", "System.Collections.Hashtable.Bucket[]", "System.Collections.Hashtable.bucket[]"),
        new("System.Collections.ObjectModel.Collection", Generic + "List", AnyArray),
        new("System.Collections.ObjectModel.ObservableCollection", Generic + "List", AnyArray),
        new(
            Concurrent + "ConcurrentDictionary",
            Concurrent + "ConcurrentDictionary.Tables",
            Concurrent + "ConcurrentDictionary.VolatileNode[]",
            Concurrent + "ConcurrentDictionary.Node[]",
            Concurrent + "ConcurrentDictionary.Node",
            "System.Object[]",
            "System.Object",
            "System.Int32[]"),
        new(
            Concurrent + "ConcurrentQueue",
            Concurrent + "ConcurrentQueueSegment", Concurrent + "ConcurrentQueueSegment.Slot[]", "System.Object"),
        new(Concurrent + "ConcurrentStack", Concurrent + "ConcurrentStack.Node"),
        new(Concurrent + "ConcurrentBag", Concurrent + "ConcurrentBag.WorkStealingQueue", AnyArray),
        new(
            Concurrent + "BlockingCollection",
            Concurrent + "ConcurrentQueue", Concurrent + "ConcurrentQueueSegment", Concurrent + "ConcurrentQueueSegment.Slot[]"),
        new("System.Threading.Channels.UnboundedChannel", Concurrent + "ConcurrentQueue", Concurrent + "ConcurrentQueueSegment", Concurrent + "ConcurrentQueueSegment.Slot[]"),
        new("System.Threading.Channels.BoundedChannel", Generic + "Deque", AnyArray),
        new(Immutable + "ImmutableList", Immutable + "ImmutableList.Node"),
        new(Immutable + "ImmutableSortedDictionary", Immutable + "ImmutableSortedDictionary.Node"),
        new(Immutable + "ImmutableSortedSet", Immutable + "ImmutableSortedSet.Node"),
        new(Immutable + "ImmutableDictionary", Immutable + "SortedInt32KeyNode"),
        new(Immutable + "ImmutableHashSet", Immutable + "SortedInt32KeyNode"),
        new("Microsoft.Extensions.Caching.Memory.MemoryCache", "Microsoft.Extensions.Caching.Memory.MemoryCache.CoherentState"),
        new(
            "System.Runtime.CompilerServices.ConditionalWeakTable",
            "System.Runtime.CompilerServices.ConditionalWeakTable.Container",
            "System.Runtime.CompilerServices.ConditionalWeakTable.Entry[]",
            "System.Int32[]",
            "System.Object"),
        new("System.Threading.CancellationTokenSource", "System.Threading.CancellationTokenSource.Registrations"),
        new("System.Threading.TimerQueue[]", "System.Threading.TimerQueue"),
        new("System.Threading.ThreadLocal", "System.Threading.ThreadLocal.LinkedSlot", "System.Threading.ThreadLocal.LinkedSlotVolatile[]"),
        new(
            "System.Threading.ExecutionContext",
            "System.Threading.AsyncLocalValueMap*", $"{Generic}KeyValuePair<System.Threading.IAsyncLocal,*", $"{Generic}Dictionary<System.Threading.IAsyncLocal,*"),
        new(Tasks + "Task", Tasks + "Task.ContingentProperties", Tasks + "ContinuationWrapper", Tasks + "StandardTaskContinuation", Tasks + "ContinueWithTaskContinuation"),
        new(Tasks + "TaskCompletionSource", Tasks + "Task", Tasks + "Task.ContingentProperties"),
        new(Services + "ServiceProvider", ServiceParts),
        new(Services + "ServiceLookup.ServiceProviderEngineScope", [Services + "ServiceProvider", .. ServiceParts]),
        new("System.Text.StringBuilder", "System.Text.StringBuilder", "System.Char[]"),
        new("System.IO.MemoryStream", "System.Byte[]"),
    ];

    private static readonly Dictionary<string, CollectionPattern> ByType = All.ToDictionary(pattern => pattern.Type);

    /// <summary>The pattern of a type, or null.</summary>
    /// <param name="openType">Full name of the type, without type arguments.</param>
    public static CollectionPattern? Of(string openType) => ByType.GetValueOrDefault(openType);

    /// <summary>Whether objects of a type that the collection holds are internal parts of it.</summary>
    /// <param name="type">Readable full type name.</param>
    public bool HasPart(string type)
    {
        var openType = OpenTypeName.Of(type);
        return Parts.Any(part => part switch
        {
            AnyArray => openType.EndsWith(AnyArray, StringComparison.Ordinal),
            [.. var start, '*'] => type.StartsWith(start, StringComparison.Ordinal),
            _ => type == part || openType == part || (!openType.Contains('.') && part.EndsWith($".{openType}", StringComparison.Ordinal)),
        });
    }
}
