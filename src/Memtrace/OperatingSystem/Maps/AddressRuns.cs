namespace Memtrace.OperatingSystem.Maps;

/// <summary>Stretches of mappings without a gap between them.</summary>
internal static class AddressRuns
{
    /// <summary>The longest runs of neighbours that all satisfy a condition, in order.</summary>
    public static IEnumerable<IReadOnlyList<Mapping>> Of(IEnumerable<Mapping> mappings, Func<Mapping, bool> condition)
    {
        var run = new List<Mapping>();
        foreach (var mapping in mappings)
        {
            var fits = condition(mapping);
            if (run.Count > 0 && (!fits || run[^1].End != mapping.Start))
            {
                yield return run;
                run = [];
            }

            if (fits)
                run.Add(mapping);
        }

        if (run.Count > 0)
            yield return run;
    }
}
