using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>Turns the places that objects refer to into numbers of objects, in place.</summary>
/// <param name="addresses">The objects.</param>
/// <param name="counts">For each object how many references it has. Becomes <see cref="Firsts"/>.</param>
/// <param name="places">The places that the objects refer to, object by object. Becomes <see cref="Targets"/>.</param>
internal sealed class ReferenceResolver(AddressMap addresses, NativeBuffer<int> counts, NativeBuffer<int> places)
{
    private readonly int _count = addresses.Count;

    /// <summary>For each object the index of its first reference, and the end of the last one's.</summary>
    public NativeBuffer<int> Firsts => counts;

    /// <summary>The objects that are referred to, object by object.</summary>
    public NativeBuffer<int> Targets => places;

    /// <summary>References that lead to no object.</summary>
    public long Dangling { get; private set; }

    /// <summary>Turns places into numbers, and leaves out dangling references and those to cut.</summary>
    /// <param name="cuts">References to leave out, each once.</param>
    public void Resolve(List<Reference> cuts)
    {
        var open = CountBy(cuts);
        var cutSources = cuts.Select(cut => cut.Source).ToHashSet();
        var targets = places.Items;
        var (read, write) = (0, 0);
        for (var index = 0; index < _count; index++)
        {
            var end = read + counts[index];
            counts[index] = write;
            var isCut = cutSources.Contains(index);
            for (; read < end; read++)
            {
                if (addresses.NumberAt((uint)targets[read]) is not { } target)
                    Dangling++;
                else if (!isCut || !Take(open, new Reference(index, target)))
                    targets[write++] = target;
            }
        }

        counts.Add(write);
        Targets.Truncate(write);
    }

    /// <summary>Inserts references after those that an object has.</summary>
    /// <param name="added">The references.</param>
    public void Insert(List<Reference> added)
    {
        if (added.Count == 0)
            return;
        added.Sort((a, b) => a.Source.CompareTo(b.Source));
        var end = Targets.Count;
        Targets.AddZeros(added.Count);
        var next = added.Count - 1;

        // From the end, so that each object's references move once, by as many as are inserted before them.
        for (var index = _count - 1; index >= 0 && next >= 0; index--)
        {
            var first = counts[index];
            counts[index + 1] = end + next + 1;
            for (; next >= 0 && added[next].Source == index; next--)
                Targets[end + next] = added[next].Target;
            Targets.Items[first..end].CopyTo(Targets.Items[(first + next + 1)..]);
            end = first;
        }
    }

    private static Dictionary<Reference, int> CountBy(List<Reference> references)
    {
        var counts = new Dictionary<Reference, int>();
        foreach (var reference in references)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, reference, out _)++;
        return counts;
    }

    private static bool Take(Dictionary<Reference, int> open, Reference reference)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(open, reference);
        if (Unsafe.IsNullRef(ref count) || count == 0)
            return false;
        count--;
        return true;
    }
}

/// <summary>A reference of an object to another one, by their numbers.</summary>
/// <param name="Source">The object that refers.</param>
/// <param name="Target">The object that is referred to.</param>
internal readonly record struct Reference(int Source, int Target);
