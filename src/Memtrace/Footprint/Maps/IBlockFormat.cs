namespace Memtrace.Footprint.Maps;

/// <summary>Recognizes blocks of memory of one kind by the contents of their first page.</summary>
internal interface IBlockFormat
{
    /// <summary>What such a block is.</summary>
    Classification Classification { get; }

    /// <summary>A smaller match is trusted only at the start of a mapping or directly after another block; elsewhere it may be coincidence.</summary>
    ulong SmallestInside { get; }

    /// <summary>The size of the block that begins with a page.</summary>
    /// <returns>A number of whole pages; 0 if no block of this kind begins there.</returns>
    ulong SizeAt(in BlockStart start);
}
