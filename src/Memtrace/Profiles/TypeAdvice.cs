using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>What it means if objects of a well-known type accumulate or hold a lot, and the usual remedy.</summary>
/// <param name="Type">Full name of the type, without type arguments; with <c>*</c> at its end, the beginning of the name.</param>
/// <param name="Meaning">What it means, in one sentence.</param>
/// <param name="Cure">What to do about it, in one sentence.</param>
public sealed record TypeAdvice(string Type, string Meaning, string Cure)
{
    /// <summary>For an event whose handlers accumulate.</summary>
    public static TypeAdvice Event { get; } = new(
        "System.EventHandler",
        "An event keeps every subscriber until it unsubscribes.",
        "Unsubscribe (-=) when the subscriber is no longer needed, or subscribe through weak references.");

    /// <summary>For what handles hold.</summary>
    public static TypeAdvice Handle { get; } = new(
        "System.Runtime.InteropServices.GCHandle",
        "A GCHandle keeps its target until it is freed.",
        "Free each GCHandle, or use a SafeHandle; static fields of generic classes appear as handles, too.");

    /// <summary>For strings that the runtime itself keeps.</summary>
    internal static TypeAdvice Interned { get; } = new(
        "System.String",
        "A string that was passed to string.Intern is kept until the process ends.",
        "Intern only values from a small fixed set, and share others by a collection of your own that can be cleared.");

    /// <summary>For what waits for finalizers, and all that it holds.</summary>
    private static TypeAdvice Finalizer { get; } = new(
        "System.Object",
        "These objects are dead, but are kept with all that they hold until their finalizers have run: finalizers are slow, or one hangs.",
        "Check the stack of the finalizer thread (dotnet-stack), and dispose objects instead of leaving them to their finalizers.");

    /// <summary>All of it, the more telling types first.</summary>
    public static ImmutableArray<TypeAdvice> All { get; } =
    [
        new(
            "Microsoft.Extensions.Caching.Memory.*",
            "A MemoryCache keeps every entry until it expires, and has no limit unless one is set.",
            "Set SizeLimit and the Size of each entry, or an expiration for each entry."),
        new(
            "Microsoft.Extensions.DependencyInjection.*",
            "A container keeps its singletons, and every disposable service that it created, until it is disposed; so does a scope.",
            "Resolve disposable services from a scope of their own, and dispose the scope."),
        Event,
        new(
            "System.Threading.CancellationTokenSource*",
            "Each registration on a CancellationToken stays until it is disposed or the source is; a long-lived source collects them.",
            "Dispose each CancellationTokenRegistration, and dispose linked sources when the operation ends."),
        new(
            "CallbackNode",
            "Each registration on a CancellationToken stays until it is disposed or the source is; a long-lived source collects them.",
            "Dispose each CancellationTokenRegistration, and dispose linked sources when the operation ends."),
        new(
            "AsyncStateMachineBox",
            "An async method that waits keeps its locals until what it waits for completes.",
            "Find what it waits for, and give the wait a timeout or a CancellationToken."),
        new(
            "DelayPromise*",
            "A delay that does not end keeps what waits for it, and the timer or token that it waits for keeps the delay.",
            "Give delays an end, and cancel them when their operation ends."),
        new(
            "System.Threading.TimerQueue*",
            "The runtime keeps every active timer, and each timer keeps its callback's target.",
            "Dispose each Timer, and cancel delays and timeouts with a token when their operation ends."),
        new(
            "System.Threading.Timer*",
            "The runtime keeps every active timer, and each timer keeps its callback's target.",
            "Dispose each Timer, and cancel delays and timeouts with a token when their operation ends."),
        new(
            "System.Timers.Timer",
            "The runtime keeps every enabled timer, and each timer keeps its handlers' targets.",
            "Stop and dispose each Timer when its owner ends."),
        new(
            "System.Threading.QueueUserWorkItemCallback*",
            "The thread pool has not started this work yet: it comes faster than the pool's threads end theirs, or they are blocked.",
            "Find what these threads wait for (dotnet-stack), and take work from a bounded channel instead of queueing all of it."),
        new(
            "System.Threading.ThreadLocal",
            "A ThreadLocal keeps a value for each thread until it is disposed.",
            "Dispose the ThreadLocal, or hold what it caches in the objects that use it."),
        new(
            "System.Threading.AsyncLocalValueMap*",
            "An ExecutionContext keeps the values of AsyncLocals; whatever captured it, such as a timer or a task, keeps them as long.",
            "Start background work with ExecutionContext.SuppressFlow, and clear large AsyncLocal values."),
        new(
            "System.Threading.ExecutionContext",
            "A captured ExecutionContext keeps the values of AsyncLocals as long as the timer, task or registration that captured it.",
            "Start background work with ExecutionContext.SuppressFlow, and clear large AsyncLocal values."),
        new(
            "System.Runtime.CompilerServices.ConditionalWeakTable*",
            "A value of a ConditionalWeakTable lives as long as its key.",
            "Find what keeps the keys: the paths to objects of the key's type. A value must not refer to what keeps its own key."),
        new(
            "System.Runtime.CompilerServices.AsyncTaskMethodBuilder*",
            "An async method that waits keeps its locals until what it waits for completes.",
            "Find what it waits for, and give the wait a timeout or a CancellationToken."),
        new(
            "System.Threading.Tasks.*",
            "A task that does not complete keeps its continuations and all that they captured.",
            "Complete or cancel every TaskCompletionSource, and give waits a timeout; remove continuations of long-lived tasks."),
        new(
            "System.Threading.Channels.*",
            "A channel without a bound keeps what its reader does not take.",
            "Use a bounded channel, or make the reader faster."),
        new(
            "System.Collections.Concurrent.ConcurrentQueue*",
            "A queue keeps what is not taken from it: it fills faster than it is emptied.",
            "Bound the queue, or make the consumer faster."),
        new(
            "System.Collections.Concurrent.BlockingCollection",
            "A queue keeps what is not taken from it: it fills faster than it is emptied.",
            "Give the BlockingCollection a bounded capacity, or make the consumer faster."),
        new(
            "System.Collections.Generic.Queue",
            "A queue keeps what is not taken from it: it fills faster than it is emptied.",
            "Bound the queue, or make the consumer faster."),
        new(
            "System.Collections.Concurrent.*",
            "A collection that a long-lived object holds keeps every entry until it is removed.",
            "Remove entries that are no longer needed, or use a cache with a limit."),
        new(
            "System.Collections.*",
            "A collection that a long-lived object holds keeps every entry until it is removed.",
            "Remove entries that are no longer needed, or use a cache with a limit."),
        Handle,
        new(
            "System.Buffers.*",
            "A pool of arrays keeps what was returned to it; an array that was rented and not returned is garbage like any other.",
            "Rent smaller arrays, or create your own bounded ArrayPool."),
        new(
            "System.Reflection.Emit.*",
            "Code that is generated at run time stays as long as its assembly or its delegates.",
            "Cache generated code, such as serializers, regular expressions and compiled expressions, and reuse it."),
        new(
            "System.Runtime.Loader.*",
            "A load context keeps its assemblies and their statics until nothing refers into it.",
            "Make the context collectible, call Unload, and drop every reference to its types and objects."),
        new(
            "System.Data.*",
            "Tables and readers of System.Data keep every row that was loaded.",
            "Load fewer rows, and dispose readers, tables and connections."),
        new(
            "System.Text.StringBuilder",
            "A StringBuilder keeps all that was appended to it.",
            "Clear it when its text has been used, or write the text to a file or a log at once."),
        new(
            "System.String",
            "Equal strings are separate objects unless they are shared.",
            "Intern or pool values that repeat, and keep large texts out of long-lived objects."),
    ];

    /// <summary>What is known of a type, or null.</summary>
    /// <param name="type">Readable full type name.</param>
    public static TypeAdvice? Of(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return All.FirstOrDefault(advice => advice.Matches(type));
    }

    /// <summary>What is known of a path that holds objects: that of the step nearest to them of which something is known, or null; of the finalizer queue, always that for finalizers.</summary>
    /// <param name="path">The steps from the root on.</param>
    public static TypeAdvice? Of(ImmutableArray<HeapStep> path) => path is [{ Root: HeapRootKind.Finalizer }, ..]
        ? Finalizer
        : path.Reverse().Select(Of).FirstOrDefault(advice => advice is not null);

    private static TypeAdvice? Of(HeapStep step) => step switch
    {
        { IsEvent: true } => Event,
        { Root: HeapRootKind.Handle or HeapRootKind.PinnedHandle } => Handle,
        { IsRoot: true } => null,
        _ => Of(step.Name),
    };

    private bool Matches(string type) => Type.EndsWith('*')
        ? type.StartsWith(Type[..^1], StringComparison.Ordinal)
        : type.StartsWith(Type, StringComparison.Ordinal) && (type.Length == Type.Length || type[Type.Length] == '<');
}
