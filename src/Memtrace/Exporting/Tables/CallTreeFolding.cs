namespace Memtrace.Exporting.Tables;

/// <summary>Which runs of framework code share a line.</summary>
internal enum CallTreeFolding
{
    /// <summary>None: each frame has a line.</summary>
    None,

    /// <summary>In a tree of callees: runs without branches; the frame that allocates has its own line.</summary>
    Callees,

    /// <summary>In a tree of callers: runs without branches, also those that a thread begins with; the frame that allocates has its own line.</summary>
    Callers,
}
