namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>What is done with each object of a type.</summary>
/// <param name="Number">The number of the type in the graph.</param>
/// <param name="Loaded">Adds them up by the context that loaded the type.</param>
/// <param name="Contents">Examines what they contain, or null.</param>
internal readonly record struct DumpedType(int Number, LoadContextCensus.TypeAmount? Loaded, IObjectCensus? Contents);
