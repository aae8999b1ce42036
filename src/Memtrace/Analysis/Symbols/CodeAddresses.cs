namespace Memtrace.Analysis.Symbols;

/// <summary>
/// The distinct code addresses seen in stacks. When a method is unloaded, its addresses stay bound to it, and the same addresses seen
/// later are new codes: memory of unloaded methods is reused.
/// </summary>
internal sealed class CodeAddresses
{
    /// <summary>The code that stands for callers beyond the frames that the runtime records.</summary>
    public const int Deeper = -1;

    /// <summary>The code that stands for frames of rare stacks that were folded.</summary>
    public const int Rare = -2;

    private const int PageBits = 12;
    private const int MostPages = 64;

    private readonly List<ulong> _addresses = [];
    private readonly Dictionary<ulong, int> _current = [];
    private readonly Dictionary<int, NativeMethod> _bound = [];
    private readonly List<NativeMethod> _retiring = [];
    private readonly HashSet<ulong> _pages = [];

    /// <summary>Changes when an address starts to mean another code.</summary>
    public int Generation { get; private set; }

    /// <summary>The number of distinct codes.</summary>
    public int Count => _addresses.Count;

    /// <summary>The number of codes whose methods are unloaded.</summary>
    public int UnloadedCount => _bound.Count;

    /// <summary>The unloaded methods that stacks go through.</summary>
    public IEnumerable<NativeMethod> Unloaded => _bound.Values.Concat(_retiring);

    /// <summary>The address of a code.</summary>
    public ulong this[int code] => _addresses[code];

    /// <summary>The code at <paramref name="address"/> now.</summary>
    public int Add(ulong address)
    {
        if (!_current.TryGetValue(address, out var code))
        {
            code = _addresses.Count;
            _addresses.Add(address);
            _current.Add(address, code);
            _pages.Add(PageOf(address - 1));
        }

        return code;
    }

    /// <summary>The unloaded method that a code belonged to; null if it is not unloaded.</summary>
    public NativeMethod? BoundTo(int code) => _bound.GetValueOrDefault(code);

    /// <summary>The addresses of <paramref name="method"/> mean another code from now on.</summary>
    public void Retire(NativeMethod method)
    {
        if (MayBeSeen(method))
            _retiring.Add(method);
    }

    /// <summary>Applies the retirements since the last call. To be called before stacks are added; deferred because unloads come in thousands.</summary>
    public void Settle()
    {
        if (_retiring.Count == 0)
            return;

        // Of several methods at one address, samples can only be of the first: none was added since.
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

    /// <summary>Forgets all codes but some, which get new numbers.</summary>
    /// <param name="codes">The codes to keep; special codes are ignored.</param>
    /// <returns>The new number of each code that is kept.</returns>
    public int[] Keep(IEnumerable<int> codes)
    {
        var addresses = _addresses.ToArray();
        var current = _current.ToDictionary(item => item.Value, item => item.Key);
        var bound = _bound.ToDictionary();
        _addresses.Clear();
        _current.Clear();
        _bound.Clear();
        _pages.Clear();
        var kept = new int[addresses.Length];
        foreach (var code in codes.Where(code => code >= 0).Distinct())
        {
            kept[code] = _addresses.Count;
            _addresses.Add(addresses[code]);
            if (current.TryGetValue(code, out var address))
            {
                _current.Add(address, kept[code]);
                _pages.Add(PageOf(address - 1));
            }

            if (bound.TryGetValue(code, out var method))
                _bound.Add(kept[code], method);
        }

        Generation++;
        return kept;
    }

    /// <summary>Most methods that are unloaded were never seen in a stack, and looking for their addresses takes time.</summary>
    private bool MayBeSeen(NativeMethod method)
    {
        if (method.Size >> PageBits > MostPages)
            return true;
        for (var page = PageOf(method.Start); page <= PageOf(method.Start + method.Size); page++)
        {
            if (_pages.Contains(page))
                return true;
        }

        return false;
    }

    private static ulong PageOf(ulong address) => address >> PageBits;

    private static NativeMethod? Covering(List<NativeMethod> methods, List<ulong> starts, ulong returnAddress)
    {
        var index = starts.BinarySearch(returnAddress - 1);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 && methods[index].Covers(returnAddress) ? methods[index] : null;
    }
}
