namespace Memtrace.Tests.Exporting.Html;

/// <summary>The tests of pages share one browser, and run one after the other: there may be no more than two processors.</summary>
[Slow]
[Requires(Requirement.Browser)]
[CollectionDefinition]
public sealed class BrowserTestGroup : ICollectionFixture<Browser>;
