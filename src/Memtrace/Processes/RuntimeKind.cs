namespace Memtrace.Processes;

/// <summary>How .NET is in a process.</summary>
internal enum RuntimeKind
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>As a shared library, framework-dependent or self-contained.</summary>
    SharedLibrary,

    /// <summary>Inside a single-file application.</summary>
    SingleFile,

    /// <summary>Compiled ahead of time.</summary>
    NativeAot,

    /// <summary>The process may not be looked at.</summary>
    Unknown,
}
