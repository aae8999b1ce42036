namespace Memtrace.Footprint.Maps;

/// <summary>
/// The addresses where the runtime keeps machine code and loader heaps: it reserves up to 2 GB below libcoreclr.so, so that near calls
/// reach it (dotnet/runtime, ExecutableAllocator::InitializeLazyPreferredRange). Libraries can lie in it, too.
/// </summary>
internal static class CodeRange
{
    private const ulong Reach = 1UL << 31;

    /// <summary>Finds the range. It is empty if the runtime is not a separate library.</summary>
    public static AddressRange Find(IReadOnlyList<Mapping> mappings)
    {
        var runtime = mappings.FirstOrDefault(mapping => Path.GetFileName(mapping.Name) == "libcoreclr.so");
        if (runtime is null)
            return default;

        // Down from the runtime to the first gap: memory below a gap was not reserved with the rest.
        var end = runtime.Start;
        var start = end;
        foreach (var mapping in mappings.Reverse().SkipWhile(mapping => mapping.Start >= end))
        {
            if (mapping.End != start || end - mapping.Start > Reach)
                break;
            start = mapping.Start;
        }

        return new AddressRange(start, end);
    }
}
