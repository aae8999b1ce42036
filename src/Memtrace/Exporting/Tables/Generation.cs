using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A part of the GC heap that collections treat alike, declared once for all outputs.</summary>
/// <param name="Key">Its name in data.</param>
/// <param name="Title">Its name on the screen.</param>
/// <param name="Of">Takes its share out of an amount.</param>
internal sealed record Generation(string Key, string Title, Func<GenerationBytes, long> Of)
{
    /// <summary>The three generations, the large object heap and the pinned object heap.</summary>
    public static ImmutableArray<Generation> All { get; } =
    [
        new("gen0", "Gen 0", bytes => bytes.Gen0),
        new("gen1", "Gen 1", bytes => bytes.Gen1),
        new("gen2", "Gen 2", bytes => bytes.Gen2),
        new("loh", "LOH", bytes => bytes.Loh),
        new("poh", "POH", bytes => bytes.Poh),
    ];
}
