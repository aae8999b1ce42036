namespace Memtrace.Testing;

/// <summary>Work has used more memory than its budget allows. The message says how much, which types and lines allocated it, and where the recording is.</summary>
/// <param name="message">The message.</param>
public sealed class MemoryBudgetException(string message) : Exception(message);
