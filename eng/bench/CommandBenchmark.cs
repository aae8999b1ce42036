namespace Memtrace.Bench;

/// <summary>A command that both tools have, from its start to its end.</summary>
internal sealed class CommandBenchmark(int rounds, string argument, string aim)
{
    public async Task<string> RunAsync()
    {
        var variants = await Variant.MeasureInTurnsAsync(rounds, [.. Tool.All.Select(Measure)]);
        return UsageTable.Create($"`{argument}` (medians of {rounds} rounds; aim: {aim})", variants, variants[^1]);
    }

    private Variant<Usage> Measure(Tool tool) => new($"{tool.Name} {argument}", () => Child.RunAsync(tool.Command, argument));
}
