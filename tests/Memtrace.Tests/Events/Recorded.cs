using Memtrace.Events;

namespace Memtrace.Tests.Events;

/// <summary>Events as a reader of recordings hands them out.</summary>
internal static class Recorded
{
    public static RecordedEvent Event(
        ReadOnlySpan<byte> payload, double seconds = 1, int thread = 7, int version = 1, int pointerSize = 8, ReadOnlySpan<ulong> stack = default) =>
        new() { Seconds = seconds, ThreadId = thread, Version = version, PointerSize = pointerSize, Bytes = payload, Stack = stack };
}
