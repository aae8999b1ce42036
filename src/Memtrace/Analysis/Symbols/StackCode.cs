using Memtrace.Events;

namespace Memtrace.Analysis.Symbols;

/// <summary>The code of a frame.</summary>
/// <param name="DeclaringType">The type of its method, in the runtime's notation.</param>
/// <param name="Module">Its module.</param>
/// <param name="Token">The metadata token of the method; 0 if unknown.</param>
/// <param name="Statements">The IL that the frame can be in.</param>
internal readonly record struct StackCode(string DeclaringType, ModuleCode Module, int Token, ILRange Statements);
