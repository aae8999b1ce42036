namespace Memtrace.Footprint.Maps;

/// <summary>
/// Recognizes mappings of images: of every file with an executable mapping, of assemblies and libraries even without one, and of assemblies
/// that a compressed single-file application has unpacked into memory.
/// </summary>
internal sealed class ImageMappings
{
    /// <summary>Larger than the uninitialized data of any usual library. A larger neighbor holds something else as well.</summary>
    private const ulong LargestData = 1 << 20;

    private readonly HashSet<string> _executables;
    private readonly Dictionary<ulong, MemoryKind> _data = [];
    private readonly AddressRanges _unpacked;

    /// <param name="mappings">All mappings, in address order.</param>
    /// <param name="memory">The memory behind them.</param>
    public ImageMappings(IReadOnlyList<Mapping> mappings, ITargetMemory memory)
    {
        _unpacked = UnpackedAssemblies.Find(mappings, memory);
        _executables = [.. mappings.Where(mapping => mapping.IsExecutable && mapping.IsFile).Select(mapping => mapping.Name)];
        foreach (var (file, next) in mappings.Zip(mappings.Skip(1)))
        {
            if (next.IsAnonymous && next.IsWritable && !next.HasNoHugePages && next.Start == file.End && next.Size <= LargestData
                && file.IsWritable && !file.IsShared && KindOf(file) is { } kind)
                _data.Add(next.Start, kind);
        }
    }

    /// <summary>Null if the mapping is not an assembly that was unpacked into memory.</summary>
    public Classification? Unpacked(Mapping mapping) => _unpacked.Contains(mapping.Range)
        ? new Classification(MemoryKind.ManagedImage, ".NET assembly, unpacked from a single-file application")
        : null;

    /// <summary>Null if the mapping is not part of an image.</summary>
    public Classification? Of(Mapping mapping)
    {
        if (KindOf(mapping) is { } kind)
            return new Classification(kind, kind == MemoryKind.ManagedImage ? ".NET assembly" : "executable or library");
        if (_data.TryGetValue(mapping.Start, out var owner))
            return new Classification(owner, "anonymous, uninitialized data (.bss) of an image");
        return mapping.Name is "[vdso]" or "[vsyscall]" || mapping.Name.StartsWith("[vvar", StringComparison.Ordinal)
            ? new Classification(MemoryKind.NativeImage, "mapped by the kernel into every process")
            : null;
    }

    private MemoryKind? KindOf(Mapping mapping)
    {
        if (!mapping.IsFile || SharedMappings.IsNamedAsShared(mapping))
            return null;
        var name = FileName(mapping.Name);
        if (name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            return MemoryKind.ManagedImage;
        return _executables.Contains(mapping.Name) || IsLibrary(name) ? MemoryKind.NativeImage : null;
    }

    // The kernel's mark for a file that was deleted or replaced while it was mapped.
    private static string FileName(string path)
    {
        const string Replaced = " (deleted)";
        return Path.GetFileName(path.EndsWith(Replaced, StringComparison.Ordinal) ? path[..^Replaced.Length] : path);
    }

    // Also libc.so.6.
    private static bool IsLibrary(string name) => name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal);
}
