namespace Memtrace.Analysis.Allocations;

/// <summary>A type and a stack, as indexes into their tables.</summary>
/// <param name="Type">Index into the type names.</param>
/// <param name="Stack">Index into the stacks, or <see cref="StackTable.None"/>.</param>
internal readonly record struct AllocationKey(int Type, int Stack);
