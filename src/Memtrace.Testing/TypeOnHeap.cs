using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>A type as heap snapshots name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Module">The file name of the assembly that declares it; null for any.</param>
internal readonly record struct TypeOnHeap(string Name, string? Module)
{
    /// <summary>The name of a type of this process. Arrays and generic types belong to other modules than their parts.</summary>
    /// <exception cref="ArgumentException">No object is of the type.</exception>
    public static TypeOnHeap Of(Type type) => HasObjects(type) ? NameOf(type) : throw new ArgumentException(
        $"No object is of the type {MemorySnapshot.NameOf(type)} itself. Objects of other types do not count: specify a class that is not abstract, or a struct.", nameof(type));

    private static TypeOnHeap NameOf(Type type) => new(MemorySnapshot.NameOf(type), type.IsArray || type.IsGenericType ? null : type.Module.ScopeName);

    private static bool HasObjects(Type type) => type.IsArray || (!type.IsInterface && !type.IsAbstract && Nullable.GetUnderlyingType(type) is null);

    /// <summary>Whether it is this type.</summary>
    /// <param name="type">A type of a snapshot.</param>
    public bool Matches(HeapTypeSummary type) =>
        type.Type == Name && (Module is null || type.Module is null || Path.GetFileName(type.Module) == Module);
}
