namespace Memtrace.HeapSnapshots;

/// <summary>Why a heap walk is of no use.</summary>
internal enum HeapDefect
{
    /// <summary>There was no walk.</summary>
    NoWalk,

    /// <summary>The walk did not finish.</summary>
    NotEnded,

    /// <summary>Some of its events did not arrive.</summary>
    EventsDropped,

    /// <summary>No root came, so that nothing seems to be held.</summary>
    NoRoots,

    /// <summary>The types have no names: another session has them.</summary>
    NoTypeNames,
}
