namespace Memtrace.TestSupport.Requirements;

/// <summary>What some tests need of the machine that runs them.</summary>
public enum Requirement
{
    /// <summary>Linux with /proc.</summary>
    Linux,

    /// <summary>The rights of root: other users, mounts, namespaces.</summary>
    Root,

    /// <summary>The right to trace a process, which Yama can deny.</summary>
    Trace,

    /// <summary>tmux, a terminal for the live view.</summary>
    Tmux,

    /// <summary>Chromium or Chrome, for the HTML page.</summary>
    Browser,

    /// <summary>Go, whose pprof reads our profiles.</summary>
    Go,

    /// <summary>jemalloc, an allocator other than glibc's.</summary>
    Jemalloc,

    /// <summary>clang, which links the native build.</summary>
    Clang,

    /// <summary>The right to create memory control groups (version 1).</summary>
    MemoryGroups,

    /// <summary>A kernel that swaps to a file.</summary>
    Swap,

    /// <summary>dotnet-gcdump, which reads and writes .gcdump files.</summary>
    GcDump,

    /// <summary>Prometheus and its promtool, which read metrics.</summary>
    Prometheus,

    /// <summary>A kernel with time namespaces.</summary>
    TimeNamespaces,

    /// <summary>NuGet packages of other runtimes than the installed one.</summary>
    OtherRuntimes,
}
