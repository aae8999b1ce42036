using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>A filter that a profile went through.</summary>
/// <param name="Text">The filter in words.</param>
/// <param name="Unfiltered">The profile before it.</param>
internal sealed record AppliedFilter(string Text, MemoryProfile Unfiltered);
