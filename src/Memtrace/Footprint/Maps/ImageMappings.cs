namespace Memtrace.Footprint.Maps;

/// <summary>Finds the mappings of program files: of each file with an executable mapping, and of assemblies and libraries, which need not have one.</summary>
internal sealed class ImageMappings
{
    /// <summary>More than any library's uninitialized data here; a larger neighbour is more than that.</summary>
    private const ulong LargestData = 1 << 20;

    private readonly HashSet<string> _executables;
    private readonly Dictionary<ulong, MemoryKind> _data = [];

    public ImageMappings(IReadOnlyList<Mapping> mappings)
    {
        _executables = [.. mappings.Where(mapping => mapping.IsExecutable && mapping.IsFile).Select(mapping => mapping.Name)];
        foreach (var (file, next) in mappings.Zip(mappings.Skip(1)))
        {
            if (next.IsAnonymous && next.IsWritable && !next.HasNoHugePages && next.Start == file.End && next.Size <= LargestData
                && file.IsWritable && !file.IsShared && KindOf(file) is { } kind)
                _data.Add(next.Start, kind);
        }
    }

    /// <summary>Null if the mapping is no part of one.</summary>
    public Classification? Of(Mapping mapping)
    {
        if (KindOf(mapping) is { } kind)
            return new Classification(kind, kind == MemoryKind.ManagedImage ? "a .NET assembly" : "a program file or library");
        if (_data.TryGetValue(mapping.Start, out var owner))
            return new Classification(owner, "anonymous, the uninitialized data behind a program file");
        return mapping.Name is "[vdso]" or "[vsyscall]" || mapping.Name.StartsWith("[vvar", StringComparison.Ordinal)
            ? new Classification(MemoryKind.NativeImage, "the kernel's part of every program")
            : null;
    }

    private MemoryKind? KindOf(Mapping mapping)
    {
        if (!mapping.IsFile || SharedMappings.IsShared(mapping))
            return null;
        var name = FileName(mapping.Name);
        if (name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            return MemoryKind.ManagedImage;
        return _executables.Contains(mapping.Name) || IsLibrary(name) ? MemoryKind.NativeImage : null;
    }

    // So the kernel marks a file that was replaced while the program runs.
    private static string FileName(string path)
    {
        const string Replaced = " (deleted)";
        return Path.GetFileName(path.EndsWith(Replaced, StringComparison.Ordinal) ? path[..^Replaced.Length] : path);
    }

    // libc.so.6 is one, too.
    private static bool IsLibrary(string name) => name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal);
}
