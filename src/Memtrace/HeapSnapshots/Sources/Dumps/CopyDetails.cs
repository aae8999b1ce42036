using Memtrace.Footprint.Maps;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>What belongs to a copy of a process's memory, beside the core. What a copy has neither there nor here is zeros.</summary>
/// <param name="LeftOut">Pages that were not copied although something is in them.</param>
/// <param name="Packed">Memory that is packed. None of it is in the core.</param>
internal sealed record CopyDetails(AddressRanges LeftOut, PackedMemory Packed);
