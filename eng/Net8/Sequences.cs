namespace System.Linq;

/// <summary>Methods of sequences that .NET 9 and 10 have added.</summary>
internal static class Sequences
{
    /// <summary>The elements with their numbers, from 0 on.</summary>
    public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> source) => source.Select((item, index) => (index, item));

    /// <summary>How often each key occurs.</summary>
    public static IEnumerable<KeyValuePair<TKey, int>> CountBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key)
        where TKey : notnull => source.GroupBy(key).Select(group => KeyValuePair.Create(group.Key, group.Count()));

    /// <summary>The elements from the last to the first. Without it, the compiler takes the method that reverses a span in place.</summary>
    public static IEnumerable<T> Reverse<T>(this T[] source) => Enumerable.Reverse(source);
}
