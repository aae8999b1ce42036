namespace Memtrace.Footprint.Maps;

/// <summary>The kind of a mapping, and what it was recognized by.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Reason">What it was recognized by, for people to read.</param>
internal readonly record struct Classification(MemoryKind Kind, string Reason);
