using Memtrace.Profiles;

namespace Memtrace.Footprint.Maps;

/// <summary>A mapping of a process, or a part of one, with its category. Amounts are bytes.</summary>
internal sealed record ClassifiedMapping
{
    internal ClassifiedMapping(Mapping mapping, Classification classification)
    {
        (Mapping, Kind) = (mapping, classification.Kind);
        Reason = classification.Reason;
    }

    /// <summary>Its first address.</summary>
    public ulong Start => Mapping.Start;

    /// <summary>The address after its last byte.</summary>
    public ulong End => Mapping.End;

    /// <summary>Four letters: <c>r</c>, <c>w</c>, <c>x</c>, and <c>p</c> for private or <c>s</c> for shared.</summary>
    public string Permissions => Mapping.Permissions;

    /// <summary>The file's path, a name in brackets, or empty.</summary>
    public string Name => Mapping.Name;

    /// <summary>How much of it is resident.</summary>
    public long RssBytes => Mapping.Rss;

    /// <summary>How much of it is swapped out.</summary>
    public long SwapBytes => Mapping.Swap;

    /// <summary>Its category.</summary>
    public MemoryCategory Category => Kind.Category;

    /// <summary>What it was recognized by, for people to read.</summary>
    public string Reason { get; }

    internal Mapping Mapping { get; }

    internal MemoryKind Kind { get; }
}
