using Memtrace.Analysis.Allocations;
using Memtrace.Events;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Symbols;

/// <summary>Turns codes into frames and stacks of the table into call stacks, each once.</summary>
internal sealed class FrameResolver(CodeMap map, CodeAddresses addresses, StackTable stacks, SourceLines lines)
{
    private readonly Dictionary<int, Frame> _frames = [];
    private readonly Dictionary<int, CallStack> _stacks = [];
    private readonly Dictionary<(CallStack? Caller, Frame Frame), CallStack> _distinct = [];

    /// <summary>Frames resolved so far; one for each distinct code.</summary>
    public int Frames => _frames.Count;

    /// <summary>How many of them have no method.</summary>
    public int UnresolvedFrames => _frames.Values.Count(frame => frame.Origin == FrameOrigin.Unresolved);

    /// <summary>The call stack, or null for <see cref="StackTable.None"/>. Stacks that read the same are the same object.</summary>
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

    private Frame FrameOf(int code)
    {
        if (!_frames.TryGetValue(code, out var frame))
        {
            var method = addresses.BoundTo(code) ?? map.Find(addresses[code]);
            frame = method is null ? Unresolved(addresses[code]) : Resolve(method, addresses[code]);
            _frames.Add(code, frame);
        }

        return frame;
    }

    private static Frame Unresolved(ulong address) => new($"0x{address:x}", null, null, null, FrameOrigin.Unresolved);

    private Frame Resolve(NativeMethod method, ulong returnAddress)
    {
        var name = ReadableNames.Method(method.DeclaringType, method.Name, method.Signature);
        if (map.ModuleOf(method) is not { } module)
            return new Frame(name, null, null, null, CodeOrigin.OfType(method.DeclaringType));
        var line = Line(method, module, returnAddress);
        return new Frame(name, FileName(module.Path), line?.File, line?.Line, CodeOrigin.Of(module.Path));
    }

    /// <summary>The line of the call, which is before the address that it returns to.</summary>
    private SourceLocation? Line(NativeMethod method, ModuleCode module, ulong returnAddress)
    {
        var offset = method.Map?.ILOffset((int)(returnAddress - 1 - method.Start));
        return offset is { } ilOffset && module.Path.Length > 0
            ? lines.Find(module.Path, module.PdbSignature, method.Token, ilOffset)
            : null;
    }

    private static string? FileName(string path)
    {
        // The recording may come from another operating system.
        var name = path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        return name.Length > 0 ? name : null;
    }
}
