namespace Memtrace.Analysis.Symbols;

/// <summary>Methods sorted by address. Immutable.</summary>
internal sealed class AddressIndex
{
    private readonly ulong[] _starts;
    private readonly NativeMethod[] _methods;

    /// <summary>Indexes methods whose start addresses are distinct.</summary>
    public AddressIndex(IEnumerable<NativeMethod> methods)
    {
        _methods = [.. methods.OrderBy(method => method.Start)];
        _starts = Array.ConvertAll(_methods, method => method.Start);
    }

    /// <summary>The last method that starts at or below <paramref name="address"/>, or null.</summary>
    public NativeMethod? AtOrBelow(ulong address)
    {
        var index = Array.BinarySearch(_starts, address);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 ? _methods[index] : null;
    }
}
