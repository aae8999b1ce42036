namespace Memtrace.Processes;

/// <summary>Where the standard streams of a launched command lead.</summary>
internal enum CommandStreams
{
    /// <summary>Its output is discarded, except for the last lines of its standard error, and its input is empty.</summary>
    Hidden,

    /// <summary>It shares our console.</summary>
    Shared,
}
