namespace Memtrace.Footprint.Maps;

/// <summary>What a mapping is, and why.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Reason">Why, in plain words.</param>
internal readonly record struct Classification(MemoryKind Kind, string Reason);
