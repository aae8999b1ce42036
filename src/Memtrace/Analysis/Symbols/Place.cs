using Memtrace.Profiles;

namespace Memtrace.Analysis.Symbols;

/// <summary>A type and a complete call stack with readable names.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Stack">The stack; null if the events had none. Stacks with equal frames are the same object.</param>
internal readonly record struct Place(string Type, CallStack? Stack);
