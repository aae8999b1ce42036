using System.Runtime.InteropServices;

namespace Memtrace.Events;

/// <summary>
/// Native code of a method: loads and unloads come from the runtime's provider, existing methods from the rundown's. Names are valid only during the event.
/// Layouts of this file: ClrEtwAll.man of dotnet/runtime.
/// </summary>
internal readonly ref struct MethodCode
{
    public const int LoadId = 143, UnloadId = 144;

    public const int RundownStartId = 143, RundownEndId = 144;

    public required int ThreadId { get; init; }
    public required ulong MethodId { get; init; }
    public required ulong ModuleId { get; init; }
    public required ulong Start { get; init; }
    public required uint Size { get; init; }
    public required int Token { get; init; }

    /// <summary>The declaring type in the runtime's notation.</summary>
    public required ReadOnlySpan<char> DeclaringType { get; init; }
    public required ReadOnlySpan<char> Name { get; init; }
    public required ReadOnlySpan<char> Signature { get; init; }

    /// <summary>Method, module, start and size of the code, token, flags, declaring type, name, signature. All four events have these.</summary>
    public static MethodCode Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        var methodId = payload.ReadUInt64();
        var moduleId = payload.ReadUInt64();
        var start = payload.ReadUInt64();
        var size = payload.ReadUInt32();
        var token = payload.ReadInt32();
        payload.ReadInt32();
        return new MethodCode
        {
            ThreadId = data.ThreadId,
            MethodId = methodId,
            ModuleId = moduleId,
            Start = start,
            Size = size,
            Token = token,
            DeclaringType = payload.ReadString(),
            Name = payload.ReadString(),
            Signature = payload.ReadString(),
        };
    }
}

/// <summary>MethodILToNativeMap: maps IL offsets of a method to offsets in its native code. The arrays are valid only during the event.</summary>
internal readonly ref struct MethodMap
{
    public const int Id = 190;

    public const int RundownStartId = 149, RundownEndId = 150;

    public required int ThreadId { get; init; }
    public required ulong MethodId { get; init; }

    /// <summary>Parallel to <see cref="NativeOffsets"/>; negative values have no IL (prolog -2, epilog -3, none -1).</summary>
    public required ReadOnlySpan<int> ILOffsets { get; init; }
    public required ReadOnlySpan<int> NativeOffsets { get; init; }
}

/// <summary>Reads <see cref="MethodMap"/>s. A result is valid until the next call. Not thread-safe.</summary>
internal sealed class MethodMapReader
{
    private int[] _offsets = [];

    /// <summary>Method, id of the method's version, extent, a count of 16 bits, that many IL offsets, as many native offsets.</summary>
    /// <returns>False if the map is not of hot code or the event is too short.</returns>
    public bool TryRead(in RecordedEvent data, out MethodMap map)
    {
        const int HotExtent = 0;
        map = default;
        var payload = data.Payload;
        var methodId = payload.ReadUInt64();
        payload.ReadUInt64();
        if (payload.ReadByte() != HotExtent)
            return false;
        int count = payload.ReadUInt16();
        var bytes = payload.ReadBytes(2 * count * sizeof(int));
        if (payload.Overrun)
            return false;
        CopyOffsets(bytes);
        map = new MethodMap
        {
            ThreadId = data.ThreadId,
            MethodId = methodId,
            ILOffsets = _offsets.AsSpan(0, count),
            NativeOffsets = _offsets.AsSpan(count, count),
        };
        return true;
    }

    // The payload is not aligned.
    private void CopyOffsets(ReadOnlySpan<byte> bytes)
    {
        if (_offsets.Length * sizeof(int) < bytes.Length)
            _offsets = new int[bytes.Length / sizeof(int) * 2];
        bytes.CopyTo(MemoryMarshal.AsBytes(_offsets.AsSpan()));
    }
}

/// <summary>R2RGetEntryPoint: precompiled code is about to be used for the first time. The event does not have the code's size.</summary>
internal readonly ref struct PrecompiledEntry
{
    public const int Id = 159;

    public required ulong MethodId { get; init; }
    public required ulong EntryPoint { get; init; }
    public required ReadOnlySpan<char> DeclaringType { get; init; }
    public required ReadOnlySpan<char> Name { get; init; }
    public required ReadOnlySpan<char> Signature { get; init; }

    public static PrecompiledEntry Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        var methodId = payload.ReadUInt64();
        var declaringType = payload.ReadString();
        var name = payload.ReadString();
        var signature = payload.ReadString();
        return new PrecompiledEntry
        {
            MethodId = methodId,
            DeclaringType = declaringType,
            Name = name,
            Signature = signature,
            EntryPoint = payload.ReadUInt64(),
        };
    }
}

/// <summary>A module that is loaded or unloaded.</summary>
/// <param name="ModuleId">The runtime's id of the module.</param>
/// <param name="Path">Full path of the assembly file; empty for a dynamic assembly.</param>
/// <param name="PdbSignature">Identity of its symbol file; empty if unknown.</param>
internal readonly record struct ModuleCode(ulong ModuleId, string Path, Guid PdbSignature)
{
    public const int LoadId = 152, UnloadId = 153;

    public const int RundownStartId = 153, RundownEndId = 154;

    /// <summary>Module, assembly, flags, path of the IL, path of the native image, the instance, the PDB's signature, age and path.</summary>
    public static ModuleCode Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        var moduleId = payload.ReadUInt64();
        payload.ReadUInt64();
        payload.ReadInt64();
        var path = payload.ReadString().ToString();
        payload.ReadString();
        payload.ReadUInt16();
        return new ModuleCode(moduleId, path, payload.ReadGuid());
    }
}
