namespace Memtrace.HeapSnapshots.Graph;

/// <summary>A type of objects on the heap.</summary>
/// <param name="Name">Readable full type name.</param>
/// <param name="Module">Path or name of the module that declares it, or null if it is not known.</param>
internal sealed record HeapType(string Name, string? Module);
