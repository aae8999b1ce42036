namespace Memtrace.Reading;

/// <summary>A method's native code, from a load, an unload or a rundown. Names are valid while the event is.</summary>
internal readonly ref struct MethodCode
{
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
}

/// <summary>Where the IL offsets of a method are in one of its native codes. The arrays are valid while the event is.</summary>
internal readonly ref struct MethodMap
{
    public required int ThreadId { get; init; }
    public required ulong MethodId { get; init; }

    /// <summary>Pairs by index with <see cref="NativeOffsets"/>; negative values are not in the IL (prolog -2, epilog -3, none -1).</summary>
    public required ReadOnlySpan<int> ILOffsets { get; init; }
    public required ReadOnlySpan<int> NativeOffsets { get; init; }
}

/// <summary>R2RGetEntryPoint: precompiled code is about to be used for the first time. Its size is not told.</summary>
internal readonly ref struct PrecompiledEntry
{
    public required ulong MethodId { get; init; }
    public required ulong EntryPoint { get; init; }
    public required ReadOnlySpan<char> DeclaringType { get; init; }
    public required ReadOnlySpan<char> Name { get; init; }
    public required ReadOnlySpan<char> Signature { get; init; }
}

/// <summary>A module that is or was loaded.</summary>
/// <param name="ModuleId">The runtime's id of it.</param>
/// <param name="Path">Full path of the assembly file, or empty for a dynamic one.</param>
/// <param name="PdbSignature">Identity of its symbol file, or the empty Guid.</param>
internal readonly record struct ModuleCode(ulong ModuleId, string Path, Guid PdbSignature);
