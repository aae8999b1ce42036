using Memtrace.Profiles;
using Memtrace.Recording;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>What the runtime, its EventPipe and our recorder say about the process. Our events' layouts: docs/recording-format.md.</summary>
internal sealed class ProcessDecoder(RecordingVisitor visitor)
{
    private const string EventPipeProviderName = "Microsoft-DotNETCore-EventPipe";

    /// <summary>Registers the events.</summary>
    public void Register(EventRegistry registry)
    {
        registry.Provider(ClrTraceEventParser.ProviderGuid, ClrTraceEventParser.ProviderName).On(187, Runtime);
        registry.Provider(ClrRundownTraceEventParser.ProviderGuid, ClrRundownTraceEventParser.ProviderName).On(187, Runtime);
        registry.Provider(EventPipeProviderName).On(1, Process);

        var recorder = registry.Provider(RecorderEvents.ProviderName);
        recorder.On((int)RecorderEvent.Process, RecordedProcess);
        recorder.On((int)RecorderEvent.ProcessMemory, ProcessMemory);
        recorder.On((int)RecorderEvent.ContainerMemory, ContainerMemory);
        recorder.On((int)RecorderEvent.MachineMemory, MachineMemory);
        recorder.On((int)RecorderEvent.SurvivalStopped, SurvivalStopped);
        recorder.On((int)RecorderEvent.End, End);
    }

    /// <summary>RuntimeInformation. The library's version is the product's; the start-up flags are those of mscoree.h.</summary>
    private void Runtime(RawEvent data)
    {
        const int ConcurrentGc = 0x1, ServerGc = 0x1000;
        var payload = data.Payload;
        payload.ReadUInt16();
        payload.ReadUInt16();
        var version = $"{payload.ReadUInt16()}.{payload.ReadUInt16()}.{payload.ReadUInt16()}";
        payload.ReadBytes(5 * sizeof(ushort));
        var flags = payload.ReadInt32();
        if (!payload.Overrun)
            visitor.Visit(new RuntimeFacts(version, (flags & ServerGc) != 0, (flags & ConcurrentGc) != 0));
    }

    private void Process(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new ProcessFacts(
            payload.ReadString().ToString(), payload.ReadString().ToString(), payload.ReadString().ToString()));
    }

    private void RecordedProcess(RawEvent data)
    {
        var payload = data.Payload;
        var processId = payload.ReadInt32();
        var name = payload.ReadString().ToString();
        var commandLine = payload.ReadString().ToString();
        var runtimeVersion = payload.ReadString().ToString();
        var architecture = payload.ReadString().ToString();
        var operatingSystem = payload.ReadString().ToString();
        var processorCount = payload.ReadInt32();
        var sampling = Sampling(payload.ReadString());
        visitor.Visit(new RecordedProcess(
            processId, name, commandLine, runtimeVersion, architecture, operatingSystem, processorCount, sampling, payload.ReadInt32() == 1));
    }

    private static AllocationSampling Sampling(ReadOnlySpan<char> text) => text switch
    {
        "randomized" => AllocationSampling.Randomized,
        "tick" => AllocationSampling.Tick,
        _ => AllocationSampling.None,
    };

    private void ProcessMemory(RawEvent data)
    {
        var payload = data.Payload;
        var sample = new ProcessMemorySample(data.Seconds, payload.ReadInt64(), payload.ReadInt64());
        if (payload.Overrun)
            return;
        payload.ReadInt64();
        var file = payload.ReadInt64();
        payload.ReadInt64();
        var (swap, faults) = (payload.ReadInt64(), payload.ReadInt64());
        payload.ReadInt64();
        var threads = payload.ReadInt32();
        visitor.Visit(payload.Overrun ? sample : sample with { RssFile = file, Swap = swap, MajorFaults = faults, Threads = threads });
    }

    private void ContainerMemory(RawEvent data)
    {
        var payload = data.Payload;
        var sample = new ContainerMemorySample(data.Seconds, payload.ReadInt64(), payload.ReadInt64(), payload.ReadInt64());
        if (payload.Overrun)
            return;
        var more = sample with
        {
            Peak = payload.ReadInt64(),
            Anonymous = payload.ReadInt64(),
            File = payload.ReadInt64(),
            Kernel = payload.ReadInt64(),
            PressureSome10 = payload.ReadDouble(),
        };
        if (payload.Overrun)
        {
            visitor.Visit(sample);
            return;
        }

        var shared = payload.ReadInt64();
        visitor.Visit(payload.Overrun ? more : more with { Shared = shared });
    }

    private void MachineMemory(RawEvent data)
    {
        var payload = data.Payload;
        var sample = new MachineMemorySample(data.Seconds, payload.ReadInt64(), payload.ReadInt64());
        if (!payload.Overrun)
            visitor.Visit(sample);
    }

    private void SurvivalStopped(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new SurvivalStop(data.Seconds, payload.ReadDouble(), payload.ReadString().ToString()));
    }

    private void End(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new RecordingEnd(
            data.Seconds, payload.ReadString().ToString(), payload.ReadInt32(), payload.ReadInt32(), payload.ReadString().ToString()));
    }
}
