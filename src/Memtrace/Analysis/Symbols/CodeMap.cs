using Memtrace.Events;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Maps addresses to methods. Built from loads, unloads and rundowns. It can be queried at any time and is most complete at the end,
/// because a recording can name a method after its first sample.
/// </summary>
/// <param name="addresses">Notified when an address starts to mean another method.</param>
internal sealed class CodeMap(CodeAddresses addresses)
{
    /// <summary>Methods and modules beyond this number remain unknown: it bounds memory for programs that generate code without end.</summary>
    private const int Limit = 1_000_000;

    /// <summary>Unloaded modules beyond this number are kept only if a stack goes through their methods.</summary>
    private const int MostUnloadedModules = 1000;

    private readonly StringPool _names = new();
    private readonly Dictionary<ulong, NativeMethod> _methods = [];
    private readonly Dictionary<ulong, NativeMethod> _entries = [];
    private readonly Dictionary<ulong, ModuleCode> _modules = [];
    private readonly HashSet<ulong> _unloadedModules = [];
    private int _forgetAbove = MostUnloadedModules;
    private readonly Dictionary<ulong, HashSet<ulong>> _startsOfModule = [];
    private readonly MapPairing _pairing = new();
    private AddressIndex? _methodIndex;
    private AddressIndex? _entryIndex;
    private Dictionary<string, ulong>? _moduleOfType;

    /// <summary>Changes whenever the result of a query can change.</summary>
    public int Version { get; private set; }

    /// <summary>A method's code was loaded at these addresses.</summary>
    public void Load(in MethodCode code)
    {
        var known = _methods.GetValueOrDefault(code.Start);
        if (known is null && _methods.Count >= Limit)
            return;
        if (known is null || known.MethodId != code.MethodId || known.Size != code.Size)
        {
            if (known is not null)
                Forget(known);
            known = Create(code);
            _methods[code.Start] = known;
            StartsOf(code.ModuleId).Add(code.Start);
            Changed();
        }

        _pairing.Load(code.ThreadId, known);
    }

    /// <summary>A method's code was unloaded.</summary>
    public void Unload(in MethodCode code)
    {
        if (_methods.Remove(code.Start, out var known))
            _startsOfModule.GetValueOrDefault(known.ModuleId)?.Remove(code.Start);
        if (known?.MethodId != code.MethodId)
            known = Create(code);
        addresses.Retire(known);
        Changed();
    }

    /// <summary>The IL map of the method whose load event is next to it on the same thread.</summary>
    public void Add(in MethodMap map)
    {
        _pairing.Map(map);
        Version++;
    }

    /// <summary>The entry point of a precompiled method.</summary>
    public void Add(in PrecompiledEntry entry)
    {
        if (_entries.TryGetValue(entry.EntryPoint, out var known) ? known.MethodId == entry.MethodId : _entries.Count >= Limit)
            return;
        _entries[entry.EntryPoint] = new NativeMethod(
            entry.MethodId, 0, entry.EntryPoint, 0, 0, _names.Intern(entry.DeclaringType), _names.Intern(entry.Name), _names.Intern(entry.Signature));
        Changed();
    }

    /// <summary>A module.</summary>
    public void Add(in ModuleCode module)
    {
        if (_modules.Count >= Limit && !_modules.ContainsKey(module.ModuleId))
            return;
        _modules[module.ModuleId] = module;
        _unloadedModules.Remove(module.ModuleId);
        Version++;
    }

    /// <summary>A module was unloaded, and all its methods with it. What ran of them keeps its name.</summary>
    public void Unload(in ModuleCode module)
    {
        if (_startsOfModule.Remove(module.ModuleId, out var starts))
        {
            foreach (var start in starts)
                Unload(start, module.ModuleId);
        }

        _unloadedModules.Add(module.ModuleId);
        if (_unloadedModules.Count > _forgetAbove)
            ForgetModules();
        Changed();
    }

    /// <summary>The method that contains the call before <paramref name="returnAddress"/>; null if unknown.</summary>
    public NativeMethod? Find(ulong returnAddress)
    {
        _methodIndex ??= new AddressIndex(_methods.Values);
        var method = _methodIndex.AtOrBelow(returnAddress - 1);
        if (method is not null && method.Covers(returnAddress))
            return method;

        _entryIndex ??= new AddressIndex(_entries.Values);
        var entry = _entryIndex.AtOrBelow(returnAddress - 1);
        return entry is not null && IsPlausible(entry, returnAddress, method) ? entry : null;
    }

    /// <summary>All modules.</summary>
    public IEnumerable<ModuleCode> Modules => _modules.Values;

    /// <summary>The module of a method; null if unknown.</summary>
    public ModuleCode? ModuleOf(NativeMethod method)
    {
        var id = method.ModuleId;
        if (id == 0)
        {
            _moduleOfType ??= _methods.Values.DistinctBy(item => item.DeclaringType).ToDictionary(item => item.DeclaringType, item => item.ModuleId);
            id = _moduleOfType.GetValueOrDefault(method.DeclaringType);
        }

        return _modules.TryGetValue(id, out var module) ? module : null;
    }

    /// <summary>
    /// An entry has no size. It extends at most to the next method, and not beyond the longest precompiled methods.
    /// </summary>
    private static bool IsPlausible(NativeMethod entry, ulong returnAddress, NativeMethod? below)
    {
        const ulong LongestMethod = 128 * 1024;
        return returnAddress - entry.Start <= LongestMethod && (below is null || below.Start <= entry.Start);
    }

    /// <summary>Forgets a method, unless another one has its address by now.</summary>
    private void Unload(ulong start, ulong moduleId)
    {
        if (!_methods.TryGetValue(start, out var method) || method.ModuleId != moduleId)
            return;
        _methods.Remove(start);
        addresses.Retire(method);
    }

    private void ForgetModules()
    {
        var needed = addresses.Unloaded.Select(method => method.ModuleId).ToHashSet();
        foreach (var id in _unloadedModules.Where(id => !needed.Contains(id)))
            _modules.Remove(id);
        _unloadedModules.IntersectWith(needed);

        // Those that stacks need remain: it takes as many again until it is worth looking for others.
        _forgetAbove = Math.Max(MostUnloadedModules, 2 * _unloadedModules.Count);
    }

    private void Forget(NativeMethod replaced)
    {
        _startsOfModule.GetValueOrDefault(replaced.ModuleId)?.Remove(replaced.Start);
        addresses.Retire(replaced);
    }

    private HashSet<ulong> StartsOf(ulong moduleId)
    {
        if (!_startsOfModule.TryGetValue(moduleId, out var starts))
            _startsOfModule[moduleId] = starts = [];
        return starts;
    }

    private NativeMethod Create(in MethodCode code) => new(
        code.MethodId,
        code.ModuleId,
        code.Start,
        code.Size,
        code.Token,
        _names.Intern(code.DeclaringType),
        _names.Intern(code.Name),
        _names.Intern(code.Signature));

    private void Changed()
    {
        Version++;
        _methodIndex = _entryIndex = null;
        _moduleOfType = null;
    }
}
