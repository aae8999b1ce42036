namespace Memtrace.Tool.Tests;

/// <summary>The tests of <c>collect</c> run one after the other: each starts a few processes, and there may be no more than two processors.</summary>
[Slow]
[CollectionDefinition(Name)]
public sealed class CollectTestGroup
{
    public const string Name = "collect";
}
