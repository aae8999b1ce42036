using Memtrace.Events;
using Microsoft.Diagnostics.Tracing;

namespace Memtrace.Reading;

/// <summary>Stands in for the nettrace reader until the branches are merged: no stacks, payloads up to 64 KB.</summary>
internal static unsafe class TraceEventAdapter
{
    public readonly record struct Kind(string Provider, int EventId, string EventName);

    public delegate void Handler(Kind kind, in RecordedEvent data);

    public static void Read(Stream stream, Handler handler)
    {
        using var source = new EventPipeEventSource(stream);
        source.Dynamic.All += data => handler(new Kind(data.ProviderName, (int)data.ID, data.EventName), new RecordedEvent
        {
            Seconds = data.TimeStampRelativeMSec / 1000,
            ThreadId = data.ThreadID,
            Version = data.Version,
            PointerSize = data.PointerSize,
            Bytes = new ReadOnlySpan<byte>((void*)data.DataStart, data.EventDataLength),
            Stack = default,
        });
        source.Process();
    }
}
