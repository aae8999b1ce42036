using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Graph;

/// <summary>Heaps of random shape, for comparison with what is plainly right.</summary>
internal static class RandomHeap
{
    private const ulong Base = 0x7f00_1000_0000;

    /// <summary>A heap with a few roots of each kind, where some objects are not held. With more types than objects each object has its own.</summary>
    public static HeapGraph Build(Random random, int objects, double referencesEach, int types)
    {
        using var builder = new HeapGraphBuilder();
        for (var i = 0; i < objects; i++)
        {
            var references = random.Next((int)(referencesEach * 2) + 1);
            builder.AddObject(Address(i), 16 + (8 * random.Next(10)), types < objects ? random.Next(types) : i, references);
            for (var reference = 0; reference < references; reference++)
                builder.AddReference(Address(random.Next(objects)));
        }

        for (var type = 0; type < Math.Min(types, objects); type++)
            builder.SetType(type, $"T{type}", null);
        foreach (var kind in Enum.GetValues<HeapRootKind>())
        {
            for (var root = random.Next(3); root > 0; root--)
                builder.AddRoot(kind, Address(random.Next(objects)), random.Next(2) == 0 ? null : $"{kind}{random.Next(3)}");
        }

        return builder.Build();
    }

    public static ulong Address(int index) => Base + ((ulong)index * 96);
}
