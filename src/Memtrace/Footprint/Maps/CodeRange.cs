namespace Memtrace.Footprint.Maps;

/// <summary>
/// Where the runtime keeps machine code and loader heaps: it reserves up to 2 GB below libcoreclr.so, so that calls reach
/// (dotnet/runtime, ExecutableAllocator::InitializeLazyPreferredRange). Libraries lie in it, too.
/// </summary>
internal readonly record struct CodeRange(ulong Start, ulong End)
{
    private const ulong Reach = 1UL << 31;

    /// <summary>Finds the range; it is empty where the runtime is in no library of its own.</summary>
    public static CodeRange Find(IReadOnlyList<Mapping> mappings)
    {
        var runtime = mappings.FirstOrDefault(mapping => Path.GetFileName(mapping.Name) == "libcoreclr.so");
        if (runtime is null)
            return default;

        // Without a gap down from the runtime: what is behind one is not reserved with it.
        var end = runtime.Start;
        var start = end;
        foreach (var mapping in mappings.Reverse().SkipWhile(mapping => mapping.Start >= end))
        {
            if (mapping.End != start || end - mapping.Start > Reach)
                break;
            start = mapping.Start;
        }

        return new CodeRange(start, end);
    }

    public bool Contains(Mapping mapping) => mapping.Start >= Start && mapping.End <= End;
}
