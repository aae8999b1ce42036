namespace Memtrace.Footprint.Maps;

/// <summary>
/// Finds the threads' stacks by their stack pointers; for running threads, and where the pointers cannot be read, by the guard page below. Stacks of
/// ended threads, which glibc keeps for reuse, and those of signal handlers look the same and are included.
/// </summary>
internal sealed class ThreadStacks
{
    /// <summary>glibc has a guard page below each stack, .NET asks for up to 16.</summary>
    private const ulong LargestGuard = 64 << 10;

    /// <summary>Stack sizes: the usual limit (ulimit -s), and .NET's choice where the C library's default is too small.</summary>
    private static readonly ulong[] UsualSizes = [8 << 20, 3 << 19];

    private readonly Dictionary<ulong, string> _reasons = [];

    public ThreadStacks(IReadOnlyList<Mapping> mappings, IReadOnlyList<ulong> stackPointers)
    {
        var pointers = stackPointers.Order().ToList();
        for (var i = 0; i < mappings.Count; i++)
        {
            if (Reason(mappings[i], i > 0 ? mappings[i - 1] : null, pointers) is { } reason)
                _reasons.Add(mappings[i].Start, reason);
        }
    }

    /// <summary>Null if the mapping is not a stack.</summary>
    public Classification? Of(Mapping mapping) => _reasons.TryGetValue(mapping.Start, out var reason) ? new Classification(MemoryKind.ThreadStack, reason) : null;

    private static string? Reason(Mapping mapping, Mapping? below, List<ulong> pointers)
    {
        if (mapping.Name.StartsWith("[stack", StringComparison.Ordinal))
            return "named [stack]";
        if (!mapping.IsAnonymous || !mapping.IsWritable)
            return null;
        var next = pointers.BinarySearch(mapping.Start);
        next = next < 0 ? ~next : next;
        if (next < pointers.Count && mapping.Range.Contains(pointers[next]))
            return "contains the stack pointer of a thread";
        if (below is not { IsReserved: true, IsNotDumped: false, Size: <= LargestGuard } || below.End != mapping.Start)
            return null;
        return mapping.HasNoHugePages ? "anonymous, above a guard page, mapped as a stack"
            : UsualSizes.Any(size => mapping.Size <= size && mapping.Size + LargestGuard >= size) ? "anonymous, above a guard page, as large as a stack" : null;
    }
}
