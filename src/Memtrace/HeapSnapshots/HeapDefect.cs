namespace Memtrace.HeapSnapshots;

/// <summary>Why a heap walk is unusable.</summary>
internal enum HeapDefect
{
    /// <summary>There was no walk.</summary>
    NoWalk,

    /// <summary>The walk did not finish.</summary>
    NotEnded,

    /// <summary>Some of its events did not arrive.</summary>
    EventsDropped,

    /// <summary>No roots arrived, so nothing seems to be held.</summary>
    NoRoots,

    /// <summary>The types have no names: another session received them.</summary>
    NoTypeNames,
}
