using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Graph;

// Fields that a heap walk does not name. What is in a field of Object is of a type of its own, so only the order of the fields can name it.

internal sealed class M1;

internal sealed class M2;

internal sealed class M3;

internal sealed class M4;

internal sealed class M5;

internal sealed class M6;

internal sealed class M7;

internal sealed class M8;

internal sealed class M9;

/// <summary>References among smaller fields, which the runtime moves.</summary>
internal class InBase
{
    public byte Small { get; set; }

    public object? BaseFirst { get; set; }

    public int Number { get; set; }

    public object? BaseSecond { get; set; }

    public bool Flag { get; set; }
}

/// <summary>Structs between references.</summary>
internal sealed class InDerived : InBase
{
    public short Other { get; set; }

    public object? First { get; set; }

    public Pair Struct { get; set; }

    public object? Second { get; set; }

    public KeyValuePair<object, long> Last { get; set; }

    public object? Third { get; set; }
}

/// <summary>A struct with references.</summary>
internal struct Pair
{
    public object? Left { get; set; }

    public long Between { get; set; }

    public object? Right { get; set; }
}

/// <summary>A struct in a struct.</summary>
internal struct Deep
{
    public byte Small { get; set; }

    public Pair Inner { get; set; }

    public object? Own { get; set; }

    public Pair Again { get; set; }
}

/// <summary>A base that ends with a struct.</summary>
internal class DeepBase
{
    public bool Flag { get; set; }

    public Deep Struct { get; set; }

    public object? Last { get; set; }
}

/// <summary>References after a struct of the base.</summary>
internal sealed class DeepDerived : DeepBase
{
    public KeyValuePair<int, object> Item { get; set; }

    public object? Own { get; set; }
}

/// <summary>Fields of which some are null: what is in one of them can be in others.</summary>
internal sealed class Sparse
{
    public object? A { get; set; }

    public object? B { get; set; }

    public object? C { get; set; }

    public string? Text { get; set; }
}

/// <summary>Fields of types that tell what can be in them.</summary>
internal sealed class Typed<T>
{
    public T? Value { get; set; }

    public List<T>? Items { get; set; }

    public IReadOnlyCollection<T>? View { get; set; }

    public Dictionary<string, T>? ByName { get; set; }

    public Dictionary<string, M9>? Others { get; set; }

    public Action<T>? Changed { get; set; }

    public T[]? Array { get; set; }

    public IDisposable? Resource { get; set; }
}

/// <summary>Two fields of one type, of which either can be null.</summary>
internal sealed class Twins
{
    public M1? One { get; set; }

    public M1? Two { get; set; }

    public M2? Never { get; set; }
}

/// <summary>Fields at places that their author has chosen.</summary>
[StructLayout(LayoutKind.Explicit)]
internal sealed class Explicit
{
    [FieldOffset(8)]
    public object? Upper;

    [FieldOffset(0)]
    public object? Lower;

    [FieldOffset(16)]
    public string? Name;
}

/// <summary>An order of fields that its author asks for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal sealed class Sequential
{
    public int Number;
    public object? Early;
    public byte Small;
    public object? Late;
}

/// <summary>Derives from a generic class.</summary>
internal sealed class Names : Collection<M3>
{
    public object? Extra { get; set; }
}

/// <summary>Several references in one field.</summary>
[InlineArray(3)]
internal struct Three
{
    private object? _first;
}

/// <summary>Has an array within itself.</summary>
internal sealed class Inline
{
    private Three _three;
    private object? _after;

    public static Inline Create()
    {
        var inline = new Inline { _after = new M4() };
        inline._three[1] = new M5();
        GC.KeepAlive(inline._after);
        return inline;
    }
}

/// <summary>Holds one of each.</summary>
internal static class Fields
{
    public static object[]? All { get; set; }

    public static Task? Waiter { get; set; }

    public static void Build()
    {
        All =
        [
            new InDerived
            {
                BaseFirst = new M1(), BaseSecond = new M2(), First = new M3(), Second = new M4(), Third = new M5(),
                Struct = new Pair { Left = new M6(), Right = new M7() }, Last = new(new M8(), 1),
            },
            new DeepDerived
            {
                Struct = new Deep { Inner = new Pair { Left = new M1(), Right = new M2() }, Own = new M3(), Again = new Pair { Left = new M4(), Right = new M5() } },
                Last = new M6(), Item = new(1, new M7()), Own = new M8(),
            },
            new Sparse { A = new M1(), B = new M2(), C = new M3() },
            new Sparse { B = new M4(), C = new M5() },
            new Sparse { B = new M6() },
            new Typed<M1>
            {
                Value = new M1(), Items = [new()], View = new Queue<M1>([new()]), ByName = new() { ["a"] = new() }, Others = [], Changed = _ => { }, Array = [new()],
                Resource = new MemoryStream(),
            },
            new Twins { One = new M1() },
            new Explicit { Upper = new M1(), Lower = new M2(), Name = new('e', 3) },
            new Sequential { Early = new M1(), Late = new M2() },
            new Names { Extra = new M1() },
            Inline.Create(),
        ];
        Waiter = WaitAsync(new M1(), new M2());
    }

    private static async Task WaitAsync(M1 first, object second)
    {
        var local = new M3();
        await Waiting.Gate.Task;
        GC.KeepAlive((first, second, local));
    }
}
