using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>A path through a <see cref="TypedCallTree"/>.</summary>
/// <param name="Frames">The frames from the thread's start on; the last one stands for the type.</param>
/// <param name="Bytes">The bytes of the type there.</param>
internal readonly record struct TypedStack(IReadOnlyList<Frame> Frames, long Bytes);
