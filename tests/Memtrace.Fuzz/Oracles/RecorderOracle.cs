using Memtrace.Profiles;
using Memtrace.Analysis;
using Memtrace.Fuzz.Mutation;
using Memtrace.Monitoring;
using Memtrace.Nettrace;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;

namespace Memtrace.Fuzz.Oracles;

/// <summary>
/// What comes from a target passes through the recorder: it ends in a <see cref="NettraceException"/> at the worst, which the recorder takes for the stream's end.
/// What is kept of it can be saved, and what is saved can be read.
/// </summary>
internal sealed class RecorderOracle : IOracle, IDisposable
{
    private const long BufferBytes = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("memtrace-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public void Check(MutatedRecording input, int seed)
    {
        Renumber(input.Bytes);
        Record(input.Bytes, seed);
    }

    /// <summary>The sessions that are merged into the recording, and a data session that follows another.</summary>
    private static void Renumber(byte[] bytes)
    {
        var blocks = new BlockReader(new MemoryStream(bytes));
        try
        {
            var framing = blocks.ReadHeader();
            var renumberer = new BlockRenumberer(framing, SymbolReader.SuccessorOffset, after: 5_500_000_000);
            while (blocks.ReadBlock() is { } block)
            {
                if (block.Kind == BlockKind.Metadata)
                    EventMetadata.Renumber(framing, block.Payload.Span, SymbolReader.LastRundownOffset);
                renumberer.Renumber(block);
            }
        }
        catch (Exception exception) when (exception is NettraceException or EndOfStreamException)
        {
            // The stream ends there.
        }
    }

    private void Record(byte[] bytes, int seed)
    {
        var blocks = new BlockReader(new MemoryStream(bytes));
        if (Begin(blocks) is not { } beginning)
            return;
        var trace = TraceObject.Parse(beginning.Framing, beginning.Trace);
        using var buffer = new FlightRecorder(beginning, new BufferLimit(TimeSpan.FromSeconds(seed % 3 == 0 ? 1 : 60), BufferBytes));
        using var pipe = new BlockPipe(beginning, long.MaxValue);
        using (var merger = new RecordingMerger(new LiveSink(beginning.Framing, pipe, buffer, TimeProvider.System), beginning.Framing, trace.ProcessId))
            Pump(blocks, merger, new DataObserver(beginning.Framing, trace));
        _ = buffer.Kept;
        Save(buffer, seed);
        Read(pipe);
    }

    private static StreamBeginning? Begin(BlockReader blocks)
    {
        try
        {
            blocks.ReadHeader();
            if (blocks.ReadBlock() is not { Kind: BlockKind.Trace } trace)
                return null;
            TraceObject.Parse(blocks.Framing, trace.Payload.Span);
            return new StreamBeginning(blocks.Framing, blocks.Header.ToArray(), trace.Payload.ToArray());
        }
        catch (Exception exception) when (exception is NettraceException or EndOfStreamException)
        {
            return null;
        }
    }

    private static void Pump(BlockReader blocks, RecordingMerger merger, DataObserver observer)
    {
        try
        {
            while (blocks.ReadBlock() is { } block)
            {
                observer.Observe(block);
                merger.AddData(block);
            }
        }
        catch (NettraceException)
        {
            // The recording continues without the session.
        }
    }

    private void Save(FlightRecorder buffer, int seed)
    {
        var file = Path.Combine(_folder, $"{seed}.nettrace");
        try
        {
            buffer.Save(file, rundown: null, new RecordingEnd(EndReason.Stopped));
            RecordingAnalysis.Analyze(file, new AnalysisOptions());
        }
        catch (Exception exception) when (exception is IOException or RecordingException)
        {
            // The message is shown.
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Read(BlockPipe pipe)
    {
        try
        {
            new RecordingReader(new ProfileBuilder(new AnalysisOptions())).Read(pipe);
        }
        catch (RecordingException)
        {
            // The message is shown.
        }
    }
}
