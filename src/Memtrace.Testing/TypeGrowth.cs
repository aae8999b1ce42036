namespace Memtrace.Testing;

/// <summary>The growth of the objects of a type.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Objects">How many objects more with each iteration.</param>
/// <param name="Bytes">How many bytes more with each iteration.</param>
/// <param name="Holder">What holds most of what was added; null if no root leads to it.</param>
internal sealed record TypeGrowth(string Type, double Objects, double Bytes, string? Holder);
