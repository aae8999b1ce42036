using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The collections that the program is responsible for: without those induced by a tool, such as the recorder.</summary>
internal static class ProgramCollections
{
    /// <summary>The profile without collections induced by tools.</summary>
    public static MemoryProfile OfProgram(this MemoryProfile profile) => profile with { Collections = Without(profile.Collections) };

    private static CollectionSummary Without(CollectionSummary all)
    {
        var tools = all.Items.Where(item => item.ByProgram == false).ToList();
        if (tools.Count == 0)
            return all;
        var items = all.Items.RemoveRange(tools);
        var paused = Math.Max(0, all.PauseTotalMs - tools.Sum(item => item.PauseMs));
        return all with
        {
            Items = items,
            PauseTotalMs = paused,
            PauseMaxMs = Math.Min(all.PauseMaxMs, items.Select(item => item.PauseMs).DefaultIfEmpty().Max()),
            PausePercent = all.PausePercent * Percent.Share(paused, all.PauseTotalMs),
        };
    }
}
