namespace Memtrace.Footprint.Maps;

/// <summary>Groups adjacent mappings.</summary>
internal static class AddressRuns
{
    /// <summary>The longest runs of mappings without gaps, in address order.</summary>
    /// <param name="mappings">The mappings, in address order.</param>
    public static IEnumerable<List<Mapping>> Of(IEnumerable<Mapping> mappings)
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
