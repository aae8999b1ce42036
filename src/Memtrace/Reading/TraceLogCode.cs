using Memtrace.Events;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace Memtrace.Reading;

/// <summary>
/// Resolves the code addresses of a TraceLog to methods. A TraceLog keeps load and unload events of methods compiled during the recording. It drops the
/// rundown's methods and all IL maps, and keeps a name and an IL offset for each address on a stack instead. An address that no load covers is
/// therefore passed on as its own method.
/// </summary>
/// <param name="log">The TraceLog.</param>
/// <param name="visitor">Receives the methods.</param>
internal sealed class TraceLogCode(TraceLog log, RecordingVisitor visitor)
{
    private readonly HashSet<CallStackIndex> _stacks = [];
    private readonly HashSet<CodeAddressIndex> _codes = [];
    private readonly List<(ulong Start, uint Size)> _loads = [];
    private readonly Dictionary<ModuleFileIndex, ulong> _modules = [];
    private List<TraceCodeAddress> _addresses = [];

    /// <summary>Collects the stack of an event, and the method it loads.</summary>
    /// <param name="data">The event.</param>
    public void Gather(TraceEvent data)
    {
        if (data is MethodLoadUnloadVerboseTraceData method && (int)data.ID == MethodCode.LoadId)
            _loads.Add((method.MethodStartAddress, (uint)method.MethodSize));
        for (var stack = data.CallStackIndex(); stack != CallStackIndex.Invalid && _stacks.Add(stack); stack = log.CallStacks.Caller(stack))
            _codes.Add(log.CallStacks.CodeAddressIndex(stack));
    }

    /// <summary>Passes on the modules, and the methods of addresses that no load covers.</summary>
    /// <param name="process">The process.</param>
    public void ShowNames(TraceProcess process)
    {
        foreach (var module in process.LoadedModules)
        {
            if (module is TraceManagedModule managed)
                _modules[managed.ModuleFile.ModuleFileIndex] = (ulong)managed.ModuleID;
        }

        foreach (var file in log.ModuleFiles)
            visitor.Visit(new ModuleCode(IdOf(file.ModuleFileIndex), file.FilePath, file.PdbSignature));
        _addresses = [.. _codes.Select(code => log.CodeAddresses[code]).Where(address => address.Address != 0 && address.Method is not null).OrderBy(address => address.Address)];
        _loads.Sort();
        foreach (var address in _addresses.Where(address => !IsLoaded(address.Address)))
            Show(address, address.Method);
    }

    /// <summary>Passes on the IL map of a method that was just loaded.</summary>
    /// <param name="data">The event that was passed on.</param>
    public void AfterEvent(TraceEvent data)
    {
        if (data is not MethodLoadUnloadVerboseTraceData method || (int)data.ID != MethodCode.LoadId)
            return;
        var start = method.MethodStartAddress;
        var lines = AddressesIn(start, (uint)method.MethodSize).Where(address => address.ILOffset >= 0 && address.Method.MethodToken == method.MethodToken).ToList();
        if (lines.Count == 0)
            return;
        visitor.Visit(new MethodMap
        {
            ThreadId = data.ThreadID,
            MethodId = (ulong)method.MethodID,
            ILOffsets = lines.Select(address => address.ILOffset).ToArray(),
            NativeOffsets = lines.Select(address => (int)(address.Address - 1 - start)).ToArray(),
        });
    }

    /// <summary>
    /// Splits <c>Namespace.Type.Method(signature)</c>; constructors are called <c>.ctor</c>, and compiler-generated names may have dots in angle brackets.
    /// The explicit implementation of an interface's member has the interface in its own name: <c>Shop.Cart.System.IDisposable.Dispose()</c>.
    /// </summary>
    internal static MethodParts Parts(string fullName)
    {
        var parenthesis = fullName.IndexOf('(', StringComparison.Ordinal);
        var (path, signature) = parenthesis < 0 ? (fullName, string.Empty) : (fullName[..parenthesis], fullName[parenthesis..]);
        var dots = OuterDots(path);
        if (dots.Count == 0)
            return new("", path, signature);
        var dot = dots.Find(dot => EndsTypeArguments(path[..dot])) is > 0 and var end ? end : BeforeInterface(path, dots) ?? dots[^1];
        if (dot > 0 && path[dot - 1] == '.')
            dot--;
        return new(path[..dot], path[(dot + 1)..], signature);
    }

    /// <summary>Where the dots outside of all brackets are.</summary>
    private static List<int> OuterDots(string path)
    {
        var dots = new List<int>();
        var depth = 0;
        for (var i = 0; i < path.Length; i++)
        {
            depth += path[i] switch { '<' or '[' => 1, '>' or ']' => -1, _ => 0 };
            if (path[i] == '.' && depth == 0)
                dots.Add(i);
        }

        return dots;
    }

    /// <summary>A type with arguments, such as <c>Box`1[System.String]</c>: only a declaring type is written that way.</summary>
    private static bool EndsTypeArguments(string path) => path is [.., ']'] && path.Split('[')[0].Contains('`', StringComparison.Ordinal);

    /// <summary>
    /// The dot between a type and the interface in the name of its method, or null. The name does not tell where the interface's namespace begins, so
    /// only those of .NET and those that begin as the type's own are known.
    /// </summary>
    private static int? BeforeInterface(string path, List<int> dots)
    {
        if (dots.Count < 3 || path[dots[^2] + 1] != 'I' || !char.IsUpper(path[dots[^2] + 2]))
            return null;
        var own = path[..(dots[0] + 1)];
        var last = dots.FindLastIndex(dots.Count - 2, dot =>
            path.AsSpan(dot + 1) is var rest && (rest.StartsWith("System.") || rest.StartsWith("Microsoft.") || rest.StartsWith(own)));
        return last < 0 ? null : dots[last];
    }

    /// <summary>The parts of a method's full name.</summary>
    /// <param name="Type">The declaring type; empty for a global method.</param>
    /// <param name="Name">The method's own name.</param>
    /// <param name="Signature">The types of its parameters in parentheses; empty if the name has none.</param>
    internal readonly record struct MethodParts(string Type, string Name, string Signature);

    /// <summary>A frame is a return address: its call instruction ends right before it.</summary>
    private void Show(TraceCodeAddress address, TraceMethod method)
    {
        var (type, name, signature) = Parts(method.FullMethodName);
        var id = (ulong)address.CodeAddressIndex + 1;
        visitor.Loaded(new MethodCode
        {
            ThreadId = 0,
            MethodId = id,
            ModuleId = IdOf(method.MethodModuleFileIndex),
            Start = address.Address - 1,
            Size = 1,
            Token = method.MethodToken,
            DeclaringType = type,
            Name = name,
            Signature = signature,
        });
        if (address.ILOffset >= 0)
            visitor.Visit(new MethodMap { ThreadId = 0, MethodId = id, ILOffsets = [address.ILOffset], NativeOffsets = [0] });
    }

    /// <summary>The runtime's id of a module, to match the module's own events, which have its exact path; otherwise an id that no runtime uses.</summary>
    private ulong IdOf(ModuleFileIndex file) => _modules.TryGetValue(file, out var id) && id != 0 ? id : ulong.MaxValue - (ulong)file;

    private IEnumerable<TraceCodeAddress> AddressesIn(ulong start, uint size)
    {
        var (low, high) = (0, _addresses.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _addresses[middle].Address > start ? (low, middle) : (middle + 1, high);
        }

        return _addresses.Skip(low).TakeWhile(address => address.Address - start <= size);
    }

    /// <summary>Loads at the same place have about the same size, so the last one that starts before the address decides.</summary>
    private bool IsLoaded(ulong returnAddress)
    {
        var index = _loads.BinarySearch((returnAddress - 1, uint.MaxValue));
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 && returnAddress - _loads[index].Start <= _loads[index].Size;
    }
}
