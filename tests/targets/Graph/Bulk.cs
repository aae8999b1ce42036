namespace Graph;

/// <summary>Many objects: nodes in chains of eight, every fourth with a string, every eighth with an array.</summary>
internal static class Bulk
{
    private const int ChainLength = 8;

    /// <summary>Builds them.</summary>
    /// <param name="objects">How many, about.</param>
    public static void Build(long objects)
    {
        var chains = objects * 8 / 11 / ChainLength;
        Store.Bulk = new List<object>((int)chains);
        for (var i = 0L; i < chains; i++)
            Store.Bulk.Add(CreateChain(i));
    }

    /// <summary>Builds arrays of a MB, whose pages are all there.</summary>
    /// <param name="count">How many.</param>
    public static void BuildArrays(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var array = new byte[1_000_000];
            array.AsSpan().Fill((byte)i);
            (Store.Bulk ??= []).Add(array);
        }
    }

    private static BulkNode CreateChain(long key)
    {
        BulkNode? head = null;
        for (var i = 0; i < ChainLength; i++)
        {
            head = new BulkNode
            {
                Next = head,
                Value = key,
                Name = i % 4 == 0 ? new string('n', 10 + (int)(key % 20)) : null,
                Values = i == 0 ? new int[key % 100] : null,
            };
        }

        return head!;
    }
}
