namespace Memtrace.Footprint.Maps;

/// <summary>
/// The addresses where the runtime keeps machine code and loader heaps: it reserves almost 2 GB below libcoreclr.so, so that near calls
/// reach it (dotnet/runtime, ExecutableMemoryAllocator::TryReserveInitialMemory). Libraries can lie in it, too.
/// </summary>
internal static class CodeRange
{
    /// <summary>What is reserved below the library: what near calls reach without the library itself, for which 16 MB are taken off.</summary>
    private const ulong Reserved = 0x7FFF_0000 - (16 << 20);

    /// <summary>Finds the range. It is empty if the runtime is not a separate library.</summary>
    public static AddressRange Find(IReadOnlyList<Mapping> mappings)
    {
        var runtime = mappings.FirstOrDefault(mapping => Path.GetFileName(mapping.Name) == "libcoreclr.so");
        if (runtime is null || runtime.Start < Reserved)
            return default;
        var whole = new AddressRange(runtime.Start - Reserved, runtime.Start);
        return mappings.Any(mapping => IsBottom(mapping, whole.Start)) ? whole : Contiguous(mappings, whole);
    }

    /// <summary>Whether the range begins there: with the part that is never used, which the kernel may have merged with other reserved memory below.</summary>
    private static bool IsBottom(Mapping mapping, ulong start) => mapping.Start == start || (mapping.IsReserved && mapping.Range.Contains(start));

    /// <summary>Where so much was not free, the runtime reserves less: down from the library to the first gap. Memory below a gap was not reserved with the rest.</summary>
    private static AddressRange Contiguous(IReadOnlyList<Mapping> mappings, AddressRange most)
    {
        var start = most.End;
        foreach (var mapping in mappings.Reverse().SkipWhile(mapping => mapping.Start >= most.End))
        {
            if (mapping.End != start || mapping.Start < most.Start)
                break;
            start = mapping.Start;
        }

        return most with { Start = start };
    }
}
