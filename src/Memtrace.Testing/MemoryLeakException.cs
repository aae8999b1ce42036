namespace Memtrace.Testing;

/// <summary>Work leaves objects behind. The message says which, how many, which line allocates them, and what holds them.</summary>
/// <param name="message">The message.</param>
public sealed class MemoryLeakException(string message) : Exception(message);
