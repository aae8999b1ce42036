using System.Reflection.Metadata;

namespace Memtrace.Analysis.Symbols;

/// <summary>The metadata tokens that the instructions of a method name (ECMA-335, III).</summary>
internal static class ILOperands
{
    private const byte TwoByteOpCode = 0xFE;
    private const int TokenSize = 4;

    /// <summary>The tokens of types and members in a part of a method.</summary>
    /// <param name="code">The method's IL.</param>
    /// <param name="range">The part.</param>
    /// <exception cref="BadImageFormatException">It is not IL.</exception>
    public static List<int> In(BlobReader code, ILRange range)
    {
        var tokens = new List<int>();
        while (code.RemainingBytes > 0)
        {
            var isInside = code.Offset >= range.Start && code.Offset < range.End;
            var opCode = ReadOpCode(ref code);
            if (opCode == ILOpCode.Switch)
                code.Offset += checked(code.ReadInt32() * sizeof(int));
            else if (!HasToken(opCode))
                code.Offset += Size(opCode);
            else if (code.ReadInt32() is var token && isInside)
                tokens.Add(token);
        }

        return tokens;
    }

    private static ILOpCode ReadOpCode(ref BlobReader code) =>
        (ILOpCode)(code.ReadByte() is var first && first == TwoByteOpCode ? (TwoByteOpCode << 8) + code.ReadByte() : first);

    private static bool HasToken(ILOpCode code) => code
        is ILOpCode.Jmp or ILOpCode.Call or ILOpCode.Calli or ILOpCode.Callvirt or ILOpCode.Cpobj or ILOpCode.Ldobj or ILOpCode.Ldstr or ILOpCode.Newobj
        or ILOpCode.Castclass or ILOpCode.Isinst or ILOpCode.Unbox or (>= ILOpCode.Ldfld and <= ILOpCode.Stobj) or ILOpCode.Box or ILOpCode.Newarr
        or ILOpCode.Ldelema or ILOpCode.Ldelem or ILOpCode.Stelem or ILOpCode.Unbox_any or ILOpCode.Refanyval or ILOpCode.Mkrefany or ILOpCode.Ldtoken
        or ILOpCode.Ldftn or ILOpCode.Ldvirtftn or ILOpCode.Initobj or ILOpCode.Constrained or ILOpCode.Sizeof;

    private static int Size(ILOpCode code) => code switch
    {
        _ when code.IsBranch() => code.GetBranchOperandSize(),
        >= ILOpCode.Ldarg_s and <= ILOpCode.Stloc_s or ILOpCode.Ldc_i4_s or ILOpCode.Unaligned or (ILOpCode)0xFE19 => 1,
        >= ILOpCode.Ldarg and <= ILOpCode.Stloc => 2,
        ILOpCode.Ldc_i4 or ILOpCode.Ldc_r4 => TokenSize,
        ILOpCode.Ldc_i8 or ILOpCode.Ldc_r8 => 8,
        _ => 0,
    };
}
