using Memtrace.Analysis.Symbols;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// The distinct code addresses seen in stacks. Where a method is unloaded, its addresses are bound to it for good, and what is seen there
/// from then on is another code: memory of unloaded methods is used again.
/// </summary>
internal sealed class CodeAddresses
{
    private readonly List<ulong> _addresses = [];
    private readonly Dictionary<ulong, int> _current = [];
    private readonly Dictionary<int, NativeMethod> _bound = [];
    private readonly List<NativeMethod> _retiring = [];

    /// <summary>Changes when an address begins to mean another code.</summary>
    public int Generation { get; private set; }

    /// <summary>How many distinct codes there are.</summary>
    public int Count => _addresses.Count;

    /// <summary>The address of a code.</summary>
    public ulong this[int code] => _addresses[code];

    /// <summary>The code that is at <paramref name="address"/> now.</summary>
    public int Add(ulong address)
    {
        if (!_current.TryGetValue(address, out var code))
        {
            code = _addresses.Count;
            _addresses.Add(address);
            _current.Add(address, code);
        }

        return code;
    }

    /// <summary>The unloaded method that a code belonged to, or null.</summary>
    public NativeMethod? BoundTo(int code) => _bound.GetValueOrDefault(code);

    /// <summary>From here on the addresses of <paramref name="method"/> mean something else.</summary>
    public void Retire(NativeMethod method) => _retiring.Add(method);

    /// <summary>Carries out the retirements since the last call. Called before stacks are added; unloads come in thousands.</summary>
    public void Settle()
    {
        if (_retiring.Count == 0)
            return;

        // Of several methods at one place the first is the one whose samples were seen: there was none since.
        List<NativeMethod> retired = [.. _retiring.DistinctBy(method => method.Start).OrderBy(method => method.Start)];
        var starts = retired.ConvertAll(method => method.Start);
        foreach (var (address, code) in _current)
        {
            if (Covering(retired, starts, address) is not { } method)
                continue;
            _bound[code] = method;
            _current.Remove(address);
            Generation++;
        }

        _retiring.Clear();
    }

    private static NativeMethod? Covering(List<NativeMethod> methods, List<ulong> starts, ulong returnAddress)
    {
        var index = starts.BinarySearch(returnAddress - 1);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 && methods[index].Covers(returnAddress) ? methods[index] : null;
    }
}
