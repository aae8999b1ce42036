namespace Memtrace.Analysis.Symbols;

/// <summary>The IL that native code comes from: the statement at an offset or, for inlined code, one of the statements from there on.</summary>
/// <param name="Start">The IL offset.</param>
/// <param name="End">The IL offset before which the statement starts; <paramref name="Start"/> if it is certain.</param>
internal readonly record struct ILRange(int Start, int End)
{
    /// <summary>A whole method.</summary>
    public static ILRange All { get; } = new(0, int.MaxValue);

    /// <summary>A certain offset.</summary>
    public static implicit operator ILRange(int offset) => new(offset, offset);
}
