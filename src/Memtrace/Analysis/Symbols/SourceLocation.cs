namespace Memtrace.Analysis.Symbols;

/// <summary>A place in the source.</summary>
/// <param name="File">The file as the portable PDB names it; a deterministic build may have shortened the path.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="IsNear">Whether the place can also be one of the next lines.</param>
internal readonly record struct SourceLocation(string File, int Line, bool IsNear = false);
