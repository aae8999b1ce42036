using System.Runtime.CompilerServices;

namespace Known;

/// <summary>Where the last object goes, so that the JIT can neither drop it nor put it on the stack.</summary>
internal sealed class Sink
{
    public object? Value;
}

/// <summary>
/// The methods that allocate: each <c>count</c> objects of one type. None is inlined, so each is its own frame. A few reach their
/// allocation the way real code does: through an async method, a lambda, an iterator, a local function, a generic method.
/// </summary>
internal static class AllocationSites
{
    private static readonly object Reference = new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SmallObjects(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new Tick();
    }

    /// <summary>The type of <see cref="SmallObjects"/>, from elsewhere.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MoreSmallObjects(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new Tick();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MediumObjects(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new Order();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void BoxedValues(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = (long)i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StructArrays(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new Candle[11];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Strings(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new string('x', 20);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ByteArrays(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new byte[4096];
    }

    /// <summary>Just too small for the large object heap.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LongArrays(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new long[10_000];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LargeArrays(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new int[50_000];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void PinnedArrays(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = GC.AllocateArray<short>(8192, pinned: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void GenericObjects(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = new Entry<long, string>();
    }

    /// <summary>Over a reference type the code is shared, and the type is looked up at run time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FromGenericMethod<TValue>(int count, Sink sink)
        where TValue : class
    {
        for (var i = 0; i < count; i++)
            sink.Value = new Entry<TValue, object> { Value = Reference };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FromLambda(int count, Sink sink)
    {
        var allocate = [MethodImpl(MethodImplOptions.NoInlining)] static (int n, Sink target) =>
        {
            for (var i = 0; i < n; i++)
                target.Value = new KeyValuePair<int, double>[7];
        };
        allocate(count, sink);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FromLocalFunction(int count, Sink sink)
    {
        for (var i = 0; i < count; i++)
            sink.Value = Create();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Version Create() => new(1, 2, 3, 4);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IEnumerable<Uri[]> FromIterator(int count)
    {
        for (var i = 0; i < count; i++)
            yield return new Uri[5];
    }

    /// <summary>Allocates on a thread of the pool, after a true suspension, and returns what that thread's counter says of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<long> FromAsync(int count, Sink sink)
    {
        await Task.Yield();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++)
            sink.Value = new Quote();

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
