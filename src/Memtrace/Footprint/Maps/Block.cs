namespace Memtrace.Footprint.Maps;

/// <summary>Memory that was recognized by its contents.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Classification">What it is.</param>
internal readonly record struct Block(AddressRange Range, Classification Classification);
