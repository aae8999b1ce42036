using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Graph;

// Statics of the same name in several classes, some of them never set: what names them has to tell them apart.

/// <summary>Holds a chain.</summary>
internal static class Chains
{
    public static ChainNode? Head { get; set; }

    public static ChainNode? Unused { get; set; }
}

/// <summary>Holds a tree.</summary>
internal static class Trees
{
    public static TreeNode? Unused { get; set; }

    public static TreeNode? Root { get; set; }
}

/// <summary>Holds orders.</summary>
internal static class Store
{
    public static Dictionary<int, Order>? Orders { get; set; }

    public static List<object>? Bulk { get; set; }
}

/// <summary>Has fields of the names of others, of other types.</summary>
internal static class Decoy
{
    public static object? Orders { get; set; } = new SharedLeaf();

    public static string? Head { get; set; } = new('d', 5);
}

/// <summary>Holds arrays in the large and in the pinned object heap.</summary>
internal static class Blobs
{
    public static Pixel[]? Large { get; set; }

    public static Pixel[]? Pinned { get; set; }

    /// <summary>Frozen, from .NET 8 on.</summary>
    public static string Literal { get; set; } = "a literal of the graph";
}

/// <summary>Two holders of the same objects.</summary>
internal static class Shared
{
    public static SharedLeaf[]? First { get; set; }

    public static SharedLeaf[]? Second { get; set; }
}

/// <summary>Holds a publisher.</summary>
internal static class Events
{
    public static Publisher Source { get; } = new();
}

/// <summary>Holds keys, and what is attached to them.</summary>
internal static class Weak
{
    public static ConditionalWeakTable<WeakKey, Attached> Table { get; } = [];

    public static WeakKey[]? Keys { get; set; }
}

/// <summary>Holds what has a finalizer.</summary>
internal static class Finalizers
{
    public static WithFinalizer[]? Alive { get; set; }
}

/// <summary>A static that each construction of the class has for itself.</summary>
/// <typeparam name="T">Any type.</typeparam>
internal static class Generic<T>
{
    public static OfGeneric[]? Value { get; set; }
}

/// <summary>A static that each thread has for itself.</summary>
internal static class ThreadHeld
{
    [ThreadStatic]
    private static OfThread[]? _value;

    public static OfThread[]? Value
    {
        get => _value;
        set => _value = value;
    }
}

/// <summary>Holds the continuation of a task.</summary>
internal static class Waiting
{
    public static TaskCompletionSource Gate { get; } = new();

    public static Task? Waiter { get; set; }
}

/// <summary>Handles of all kinds.</summary>
internal static class Handles
{
    /// <summary>What keeps the dependent handle's target alive.</summary>
    public static SharedLeaf? Target { get; set; }

    private static GCHandle _strong, _pinned, _weak, _long;
    private static DependentHandle _dependent;

    public static void Allocate(OfHandle[] strong, Pixel[] pinned, OfDependentHandle dependent)
    {
        _strong = GCHandle.Alloc(strong);
        _pinned = GCHandle.Alloc(pinned, GCHandleType.Pinned);
        Target = new SharedLeaf();
        _dependent = new DependentHandle(Target, dependent);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AllocateWeak()
    {
        _weak = GCHandle.Alloc(new OfWeakHandle(), GCHandleType.Weak);
        _long = GCHandle.Alloc(new OfWeakHandle(), GCHandleType.WeakTrackResurrection);
    }
}

/// <summary>A class that is loaded once more into a collectible context.</summary>
public static class Plugin
{
    /// <summary>The context, which would be unloaded if nothing held it.</summary>
    internal static System.Runtime.Loader.AssemblyLoadContext? Context { get; set; }

    /// <summary>What the context holds.</summary>
    public static object? State { get; set; }

    /// <summary>Called in the context.</summary>
    public static void Fill() => State = Enumerable.Range(0, 7).Select(i => new OfContext { Value = i }).ToArray();
}
