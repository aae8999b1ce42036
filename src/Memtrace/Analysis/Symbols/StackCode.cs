namespace Memtrace.Analysis.Symbols;

/// <summary>The code of a frame.</summary>
/// <param name="DeclaringType">The type of its method, in the runtime's notation.</param>
/// <param name="ModulePath">The file of its module.</param>
/// <param name="Token">The metadata token of the method; 0 if unknown.</param>
/// <param name="Statements">The IL that the frame can be in.</param>
internal readonly record struct StackCode(string DeclaringType, string ModulePath, int Token, ILRange Statements);
