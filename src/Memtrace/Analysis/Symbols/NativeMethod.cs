namespace Memtrace.Analysis.Symbols;

/// <summary>Native code of a method. A method has one per tier and per shared generic instantiation.</summary>
/// <param name="methodId">The runtime's id of the method, which its tiers share.</param>
/// <param name="moduleId">The runtime's id of the module; 0 if unknown.</param>
/// <param name="start">The first address.</param>
/// <param name="size">Bytes of code; 0 if unknown.</param>
/// <param name="token">The metadata token of the method's definition; 0 if unknown.</param>
/// <param name="declaringType">The declaring type in the runtime's notation.</param>
/// <param name="name">The method's name.</param>
/// <param name="signature">The method's signature in the runtime's notation.</param>
internal sealed class NativeMethod(
    ulong methodId, ulong moduleId, ulong start, uint size, int token, string declaringType, string name, string signature)
{
    public ulong MethodId { get; } = methodId;
    public ulong ModuleId { get; } = moduleId;
    public ulong Start { get; } = start;
    public uint Size { get; } = size;
    public int Token { get; } = token;
    public string DeclaringType { get; } = declaringType;
    public string Name { get; } = name;
    public string Signature { get; } = signature;

    /// <summary>Native to IL offsets; null if unknown.</summary>
    public ILMap? Map { get; set; }

    /// <summary>Whether the call before <paramref name="returnAddress"/> is in this code. A call can be the last instruction.</summary>
    public bool Covers(ulong returnAddress) => returnAddress > Start && returnAddress - Start <= Size;
}
