namespace Memtrace.Footprint.Maps;

/// <summary>Stretches of mappings without a gap between them.</summary>
internal static class AddressRuns
{
    /// <summary>The longest runs, in order.</summary>
    /// <param name="mappings">In order of their addresses.</param>
    public static IEnumerable<IReadOnlyList<Mapping>> Of(IEnumerable<Mapping> mappings)
    {
        var run = new List<Mapping>();
        foreach (var mapping in mappings)
        {
            if (run.Count > 0 && run[^1].End != mapping.Start)
            {
                yield return run;
                run = [];
            }

            run.Add(mapping);
        }

        if (run.Count > 0)
            yield return run;
    }
}
