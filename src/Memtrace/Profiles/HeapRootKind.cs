namespace Memtrace.Profiles;

/// <summary>What keeps an object alive from outside of the heap.</summary>
public enum HeapRootKind
{
    /// <summary>A static field.</summary>
    Static,

    /// <summary>A local variable or an argument of a method that a thread is in.</summary>
    Stack,

    /// <summary>A strong handle (<see cref="System.Runtime.InteropServices.GCHandle"/>).</summary>
    Handle,

    /// <summary>A pinned handle.</summary>
    PinnedHandle,

    /// <summary>The finalizer queue: the object waits for its finalizer.</summary>
    Finalizer,

    /// <summary>A field of which each thread has its own.</summary>
    ThreadStatic,

    /// <summary>A dependent handle, as in <see cref="System.Runtime.CompilerServices.ConditionalWeakTable{TKey, TValue}"/>.</summary>
    DependentHandle,

    /// <summary>Something else inside the runtime.</summary>
    Other,
}
