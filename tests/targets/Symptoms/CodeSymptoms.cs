using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Symptoms;

/// <summary>Methods that are made and compiled while the program runs, and stay: 12 a second, of some 100 KB of machine code each.</summary>
internal sealed class GrowingCode : Symptom
{
    private readonly List<Func<int, int>> _methods = [];

    protected override void Step()
    {
        _methods.Add(Compiled(_methods.Count));
        Thread.Sleep(50);
    }

    /// <summary>A method of 10,000 steps that no compiler can do in advance.</summary>
    public static Func<int, int> Compiled(int number)
    {
        const int Steps = 12_000;
        var method = new DynamicMethod($"Made{number}", typeof(int), [typeof(int)]);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        for (var i = 0; i < Steps; i++)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(i % 2 == 0 ? OpCodes.Mul : OpCodes.Xor);
            code.Emit(OpCodes.Ldc_I4, i);
            code.Emit(OpCodes.Add);
        }

        code.Emit(OpCodes.Ret);
        var made = method.CreateDelegate<Func<int, int>>();
        made(1);
        return made;
    }
}

/// <summary>As much code, but made at the beginning.</summary>
internal sealed class WarmCode : Symptom
{
    private readonly List<Func<int, int>> _methods = [.. Enumerable.Range(0, 100).Select(GrowingCode.Compiled)];

    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Step() => _methods.ForEach(method => method(1));
}
