namespace Memtrace.Tests.Api;

/// <summary>Tests that measure this process run alone: a measurement sees the whole process.</summary>
[Slow]
[CollectionDefinition(nameof(OwnProcessTestGroup), DisableParallelization = true)]
public sealed class OwnProcessTestGroup;
