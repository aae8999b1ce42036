namespace Memtrace.Tool.Rendering;

/// <summary>Distributes the width of a line among names of different lengths.</summary>
internal static class ColumnWidths
{
    /// <summary>Each name gets the width it needs; where the total is too small, the longest names are narrowed first.</summary>
    /// <param name="needed">The width that each needs.</param>
    /// <param name="available">The columns there are for all of them.</param>
    public static int[] Share(IReadOnlyList<int> needed, int available)
    {
        var widths = new int[needed.Count];
        var left = Math.Max(available, needed.Count);
        var open = needed.Count;
        foreach (var index in Enumerable.Range(0, needed.Count).OrderBy(index => needed[index]))
        {
            widths[index] = Math.Min(needed[index], left / open);
            left -= widths[index];
            open--;
        }

        return widths;
    }
}
