using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.HeapSnapshots;

/// <summary>What the objects of each type retain together; what is below several of them counts once.</summary>
internal static class TypeRetention
{
    /// <summary>By label, the bytes that its objects retain.</summary>
    /// <param name="tree">The merged dominator tree.</param>
    /// <param name="labels">How many labels there are.</param>
    public static long[] Of(TypeTree tree, int labels)
    {
        var retained = new long[labels];
        var open = new int[labels];
        var branch = 0;
        Enter(branch);
        while (branch >= 0)
        {
            // Down first, then to the side, then up until there is a side.
            if (tree.Branches[branch].FirstChild is > 0 and var child)
            {
                Enter(branch = child);
                continue;
            }

            for (Leave(branch); branch > 0 && tree.Branches[branch].NextSibling == 0; Leave(branch))
                branch = tree.Branches[branch].Parent;
            branch = branch > 0 ? tree.Branches[branch].NextSibling : -1;
            if (branch > 0)
                Enter(branch);
        }

        return retained;

        void Enter(int entered)
        {
            var item = tree.Branches[entered];
            if (open[item.Label]++ == 0)
                retained[item.Label] += item.TotalBytes;
        }

        void Leave(int left) => open[tree.Branches[left].Label]--;
    }
}
