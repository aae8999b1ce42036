using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;
using Memtrace.Events;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Resolves the types and stacks of the tables to readable ones, each once; several can become the same readable one. Serves successive profiles of a live
/// stream, see <see cref="Refresh"/>. Not thread-safe.
/// </summary>
/// <param name="map">The methods and modules.</param>
/// <param name="addresses">The codes.</param>
/// <param name="types">The type names.</param>
/// <param name="stacks">The stacks.</param>
/// <param name="myCode">Matches names of assemblies or methods that are the user's; null to decide by evidence.</param>
/// <param name="clock">Tells when to resolve again.</param>
internal sealed class SymbolResolver(CodeMap map, CodeAddresses addresses, NameTable types, StackTable stacks, Regex? myCode, TimeProvider clock) : IDisposable
{
    /// <summary>Resolving everything again costs much more than the rest of a profile.</summary>
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(5);

    private readonly SourceLines _lines = new();
    private readonly Dictionary<int, string> _types = [];
    private readonly Dictionary<int, Frame> _frames = [];
    private readonly Dictionary<int, CallStack> _stacks = [];
    private readonly Dictionary<(CallStack? Caller, Frame Frame), CallStack> _distinct = [];
    private NestedTypes? _nested;
    private CodeOwnership? _ownership;
    private string? _entryAssembly;
    private int _version;
    private int _foldings;
    private long? _refreshedAt;

    /// <summary>The number of frames resolved so far, one for each distinct code.</summary>
    public int Frames => _frames.Count;

    /// <summary>How many of them have no method.</summary>
    public int UnresolvedFrames => _frames.Values.Count(frame => frame.Origin == FrameOrigin.Unresolved);

    /// <summary>The user's assemblies among those of the frames.</summary>
    public ImmutableArray<OwnModule> OwnModules => [.. _ownership?.OwnModules ?? []];

    private CodeOwnership Ownership
    {
        get
        {
            if (_ownership is null)
            {
                _ownership = new CodeOwnership(_lines, myCode, _entryAssembly);
                _ownership.Learn(map.Modules);
            }

            return _ownership;
        }
    }

    private NestedTypes Nested => _nested ??= new NestedTypes(types, CodeOf, ModuleNamed);

    /// <summary>Resolves stacks again from now on if code was loaded or unloaded since, unless that was done some seconds ago. To be called before a profile is built.</summary>
    /// <param name="entryAssembly">Name of the assembly that was started, without extension; null if unknown.</param>
    public void Refresh(string? entryAssembly)
    {
        var isValid = _entryAssembly == entryAssembly && _foldings == stacks.Foldings;
        if (isValid && _refreshedAt is { } before && (_version == map.Version || clock.GetElapsedTime(before) < ShortestAge))
            return;
        _types.Clear();
        RefreshNested();
        (_entryAssembly, _ownership) = (entryAssembly, null);
        _frames.Clear();
        _stacks.Clear();
        _distinct.Clear();
        (_version, _foldings, _refreshedAt) = (map.Version, stacks.Foldings, clock.GetTimestamp());
    }

    /// <summary>Prepares the names of types that differ only in their outer types. To be called before a profile is built.</summary>
    /// <param name="keys">Types, and stacks that allocate them.</param>
    public void Learn(IEnumerable<AllocationKey> keys)
    {
        if (Nested.Learn(keys))
            _types.Clear();
    }

    /// <summary>The readable type and stack.</summary>
    public Place Place(AllocationKey key)
    {
        if (!_types.TryGetValue(key.Type, out var name))
            _types[key.Type] = name = ReadableNames.Type(Nested.NameOf(key.Type));
        return new Place(name, Stack(key.Stack));
    }

    /// <summary>The call stack, or null for <see cref="StackTable.None"/>. Stacks with equal frames are the same object.</summary>
    public CallStack? Stack(int stack)
    {
        if (stack == StackTable.None)
            return null;
        if (_stacks.TryGetValue(stack, out var known))
            return known;
        var node = stacks[stack];
        var caller = Stack(node.Caller);
        var frame = FrameOf(node.Code);
        if (!_distinct.TryGetValue((caller, frame), out known))
        {
            known = new CallStack(frame, caller);
            _distinct.Add((caller, frame), known);
        }

        _stacks.Add(stack, known);
        return known;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _nested?.Dispose();
    }

    private Frame FrameOf(int code)
    {
        if (code < 0)
            return code == CodeAddresses.Deeper ? Frame.Deeper : Frame.Rare;
        if (!_frames.TryGetValue(code, out var frame))
        {
            var method = addresses.BoundTo(code) ?? map.Find(addresses[code]);
            frame = method is null ? Unresolved(addresses[code]) : Resolve(method, addresses[code]);
            _frames.Add(code, frame);
        }

        return frame;
    }

    /// <summary>A folding changes the numbers of types; otherwise, what is known about them stays true.</summary>
    private void RefreshNested()
    {
        _nested?.Retry();
        if (_foldings == stacks.Foldings)
            return;
        _nested?.Dispose();
        _nested = null;
    }

    private IEnumerable<StackCode> CodeOf(int stack)
    {
        for (; stack != StackTable.None; stack = stacks[stack].Caller)
        {
            if (stacks[stack].Code is >= 0 and var code && (addresses.BoundTo(code) ?? map.Find(addresses[code])) is { } method && map.ModuleOf(method) is { } module)
                yield return new StackCode(method.DeclaringType, module, method.Token, method.Map?.StatementsAt((int)(addresses[code] - 1 - method.Start)) ?? ILRange.All);
        }
    }

    private ModuleCode? ModuleNamed(string assembly) =>
        map.Modules.Where(module => FileName(module.Path) is { } name && Path.GetFileNameWithoutExtension(name) == assembly).Select(module => (ModuleCode?)module).FirstOrDefault();

    private static Frame Unresolved(ulong address) => new($"0x{address:x}", null, null, null, FrameOrigin.Unresolved);

    private Frame Resolve(NativeMethod method, ulong returnAddress)
    {
        var name = ReadableNames.Method(method.DeclaringType, method.Name, method.Signature);
        var known = map.ModuleOf(method);
        var origin = Ownership.OriginOf(name, method.DeclaringType, known);
        if (known is not { } module)
            return new Frame(name, null, null, null, origin);
        var line = Line(method, module, returnAddress);
        return new Frame(name, FileName(module.Path), line?.File, line?.Line, origin) { IsNear = line is { IsNear: true } };
    }

    /// <summary>The line of the call, which precedes the return address.</summary>
    private SourceLocation? Line(NativeMethod method, ModuleCode module, ulong returnAddress)
    {
        return method.Map?.At((int)(returnAddress - 1 - method.Start)) is { } il && module.Path.Length > 0
            ? _lines.Find(module.Path, module.PdbSignature, method.Token, il)
            : null;
    }

    private static string? FileName(string path) => RecordedPath.FileName(path) is { Length: > 0 } name ? name : null;
}
