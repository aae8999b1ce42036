namespace Memtrace.Processes;

/// <summary>How .NET is deployed in a process.</summary>
internal enum RuntimeKind
{
    /// <summary>Not a .NET process.</summary>
    None,

    /// <summary>As a shared library, framework-dependent or self-contained.</summary>
    SharedLibrary,

    /// <summary>Inside a single-file application.</summary>
    SingleFile,

    /// <summary>Compiled ahead of time (NativeAOT).</summary>
    NativeAot,

    /// <summary>Unknown: the process cannot be inspected.</summary>
    Unknown,
}
