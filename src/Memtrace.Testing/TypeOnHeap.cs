using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>A type as heap snapshots name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Module">The file name of the assembly that declares it; null for any.</param>
internal readonly record struct TypeOnHeap(string Name, string? Module)
{
    /// <summary>The name of a type of this process. Arrays and generic types belong to other modules than their parts.</summary>
    public static TypeOnHeap Of(Type type) => new(MemorySnapshot.NameOf(type), type.IsArray || type.IsGenericType ? null : type.Module.ScopeName);

    /// <summary>Whether it is this type.</summary>
    /// <param name="type">A type of a snapshot.</param>
    public bool Matches(HeapTypeSummary type) =>
        type.Type == Name && (Module is null || type.Module is null || Path.GetFileName(type.Module) == Module);
}
