using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>A type as heap snapshots name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Module">The file name of the assembly that declares it; null for any.</param>
internal readonly record struct TypeOnHeap(string Name, string? Module)
{
    /// <summary>The name of a type of this process. Arrays and generic types belong to other modules than their parts.</summary>
    public static TypeOnHeap Of(Type type) => new(MemorySnapshot.NameOf(type), type.IsArray || type.IsGenericType ? null : type.Module.ScopeName);
}

/// <summary>The live objects of this process at one moment.</summary>
/// <param name="snapshot">The heap. It is disposed with this.</param>
internal sealed class LiveObjects(MemorySnapshot snapshot) : IDisposable
{
    private const int MaxSteps = 8;

    /// <summary>What the snapshot itself rents. It stays in pools for some time, and a little more of it after each snapshot.</summary>
    private static readonly string[] Rented = ["System.Byte[]", "System.Char[]"];

    private readonly HeapProfile _profile = snapshot.Analyze();

    /// <summary>Takes a snapshot. Objects with finalizers that nothing holds are gone by then.</summary>
    public static async Task<LiveObjects> TakeAsync()
    {
        FullCollection.Run();
        return new LiveObjects(await MemorySnapshot.TakeAsync(MemoryTarget.Self).ConfigureAwait(false));
    }

    /// <summary>The objects by type, without arrays in pools.</summary>
    public TypeCounts Count() => TypeCounts.Of(_profile.Types.Where(type => !Rented.Contains(type.Type)).Concat(Rented.Select(WithoutPools)));

    /// <summary>The objects of a type; null if there are none.</summary>
    /// <param name="type">The type.</param>
    public HeapTypeSummary? Find(TypeOnHeap type) =>
        _profile.Types.FirstOrDefault(item => item.Type == type.Name && (type.Module is null || item.Module is null || Path.GetFileName(item.Module) == type.Module));

    /// <summary>What holds the objects of a type, from the root on; null if that is not known.</summary>
    /// <param name="type">The name of the type.</param>
    public string? HolderOf(string type) => snapshot.FindPaths(type) is { IsEmpty: false } paths
        ? string.Join(" → ", Shortened([.. paths.OrderBy(IsPool).First().Path.Select(step => step.Name)]))
        : null;

    /// <inheritdoc/>
    public void Dispose() => snapshot.Dispose();

    private HeapTypeSummary WithoutPools(string type)
    {
        var held = snapshot.FindPaths(type).Where(path => !IsPool(path)).ToList();
        return new HeapTypeSummary(type, null, held.Sum(path => path.Objects), held.Sum(path => path.Bytes), null, 0);
    }

    private static bool IsPool(HeapPath path) => path.Path.Any(step => step.Name.StartsWith("System.Buffers.", StringComparison.Ordinal));

    // What holds is near the root, what is held near the end.
    private static string[] Shortened(string[] steps) => steps.Length <= MaxSteps ? steps : [.. steps[..(MaxSteps / 2)], "…", .. steps[^(MaxSteps / 2)..]];
}
