using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>Roots of one kind and name.</summary>
/// <param name="Kind">What holds the objects.</param>
/// <param name="Name"><c>Namespace.Class.Field</c> of a static, a method's name of a stack, or null if the runtime gives none.</param>
/// <param name="Objects">Numbers of the objects that are held, in the order in which they were added; it can contain duplicates.</param>
internal sealed record HeapRoot(HeapRootKind Kind, string? Name, ImmutableArray<int> Objects);
