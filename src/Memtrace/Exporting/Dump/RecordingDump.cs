using System.Globalization;
using System.Text;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Reading;

namespace Memtrace.Exporting.Dump;

/// <summary>
/// Writes the contents of a recording in the order of the file: each block, followed by its contents. A damaged block is written up to the damage; then
/// the next one follows. Memory is bounded by one block and the declarations.
/// </summary>
/// <param name="output">Where to write.</param>
/// <param name="filter">What to leave out.</param>
/// <param name="clean">Makes untrusted text safe for the output.</param>
internal sealed class RecordingDump(TextWriter output, DumpFilter filter, Func<string, string> clean)
{
    private const int MostThreadsCounted = 100_000;
    private const int DefaultPointerSize = 8;

    private Dictionary<int, DeclaredEvent> _types = [];
    private readonly Dictionary<ulong, ulong> _threadIds = [];
    private readonly PayloadText _payloads = new(clean);
    private readonly StringBuilder _line = new();
    private SequenceNumbers _numbers = new(fromTheBeginning: false);
    private NettraceFraming _framing;
    private TraceObject? _trace;
    private string? _pendingBlock;
    private long _declaredBytes;
    private long _blocks;
    private long _events;
    private long _shown;

    /// <summary>A kind of event, as declared by the stream.</summary>
    private sealed record DeclaredEvent(EventType Type, string Name, IReadOnlyList<EventField> Fields, bool IsShown);

    /// <summary>The contents of a block of events.</summary>
    private readonly record struct BlockContent(long Events, int Threads, long Earliest, long Latest);

    /// <summary>Whether anything was damaged.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Writes the contents of a recording.</summary>
    /// <param name="file">A .nettrace file.</param>
    /// <exception cref="RecordingException">It cannot be opened, or is not a nettrace stream of format 4 to 6.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public void Write(string file)
    {
        using var input = Open(file);
        try
        {
            using var stream = input.OpenStream();
            Write(stream);
        }
        catch (RecordingException exception)
        {
            throw new RecordingException($"{file}: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the contents of a stream.</summary>
    /// <param name="stream">The stream, at its beginning. The caller closes it.</param>
    /// <exception cref="RecordingException">It is not a nettrace stream of format 4 to 6.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    internal void Write(Stream stream)
    {
        var blocks = new BlockReader(stream);
        _framing = ReadHeader(blocks);
        _numbers = new SequenceNumbers(fromTheBeginning: _framing == NettraceFraming.Blocks);
        for (var position = blocks.Position; Next(blocks, position) is { } block; position = blocks.Position)
        {
            if (_blocks++ == 0 && block.Kind != BlockKind.Trace)
                Damage(position, "the stream has no trace header");
            Write(block, position, blocks.Format);
        }

        WriteEnd(blocks, stream);
    }

    private static RecordingInput Open(string file)
    {
        try
        {
            var input = RecordingInput.Open(file);
            if (input.Format == RecordingFormat.Nettrace)
                return input;
            input.Dispose();
            throw new RecordingException($"{file}: only .nettrace files of format 4 and later can be dumped.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RecordingException(InputFile.Failure(file, exception), exception);
        }
    }

    private static NettraceFraming ReadHeader(BlockReader blocks)
    {
        try
        {
            return blocks.ReadHeader();
        }
        catch (Exception exception) when (exception is NettraceException or IOException)
        {
            throw new RecordingException($"The recording cannot be read: {exception.Message}.", exception);
        }
    }

    private NettraceBlock? Next(BlockReader blocks, long position)
    {
        try
        {
            return blocks.ReadBlock();
        }
        catch (Exception exception) when (exception is NettraceException or IOException)
        {
            Damage(position, exception.Message);
            return null;
        }
    }

    private void Write(in NettraceBlock block, long position, int format)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@{position} {BlockName(block.Kind)}, {block.Payload.Length} bytes");
        try
        {
            WriteContent(block, name, format);
        }
        catch (NettraceException exception)
        {
            Begin(name);
            Damage(position, exception.Message);
        }

        _pendingBlock = null;
    }

    private void WriteContent(in NettraceBlock block, string name, int format)
    {
        var payload = block.Payload.Span;
        switch (block.Kind)
        {
            case BlockKind.Trace when _blocks == 1:
                WriteTrace(payload, name, format);
                break;
            case BlockKind.Event:
                WriteEvents(payload, name);
                break;
            case BlockKind.Metadata:
                Begin(name);
                EventMetadata.Read(_framing, payload, Declare);
                break;
            case BlockKind.Stack:
                WriteStacks(payload, name);
                break;
            case BlockKind.SequencePoint:
                WriteSequencePoint(new SequencePoint(_framing, payload), name);
                break;
            case BlockKind.Thread:
                Begin(name);
                ThreadDeclarations.Read(payload, Declare);
                break;
            case BlockKind.RemoveThread:
                Begin(name);
                ThreadDeclarations.ReadRemoved(payload, Remove);
                break;
            default:
                Begin(name);
                break;
        }
    }

    private void WriteTrace(ReadOnlySpan<byte> payload, string name, int format)
    {
        Begin(name);
        var trace = _trace = TraceObject.Parse(_framing, payload);
        if (filter.BlocksOnly)
            return;
        Detail($"format {format}, {8 * trace.PointerSize}-bit pointers");
        Detail($"started {trace.StartedAt:yyyy-MM-dd HH:mm:ss.fff} UTC at tick {trace.StartTimestamp}, {trace.TicksPerSecond} ticks a second");
        Detail($"process {Known(trace.ProcessId)}, processors {Known(trace.ProcessorCount)}");
    }

    private void WriteStacks(ReadOnlySpan<byte> payload, string name)
    {
        var cursor = new SpanCursor(payload);
        var (first, count) = (cursor.ReadUInt32(), cursor.ReadUInt32());
        Begin(string.Create(CultureInfo.InvariantCulture, $"{name}: {Count(count, "stack")} from {first} on"));
    }

    private void WriteSequencePoint(SequencePoint point, string name)
    {
        var isShown = !filter.IsOfKinds && filter.Includes(SecondsAt(point.Timestamp));
        var ends = (point.EndsThreads ? ", ends threads" : "") + (point.EndsMetadata ? ", ends declarations" : "");
        Begin($"{name}: {TimeText(point.Timestamp)}{ends}");
        if (isShown)
            Flush();
        while (point.Read())
        {
            var missing = _numbers.Reach(point.Thread, point.SequenceNumber);
            if (isShown)
                Detail($"thread {ThreadOf(point.Thread)} at seq {point.SequenceNumber}{MissingText(missing)}");
        }

        if (point.EndsThreads)
            _threadIds.Clear();
        if (point.EndsMetadata)
            (_types, _declaredBytes) = ([], 0);
    }

    private void WriteEvents(ReadOnlySpan<byte> payload, string name)
    {
        var content = Measure(payload, out var isCompressed);
        var times = content.Events == 0 ? "" : $", {TimeText(content.Earliest)} to {TimeText(content.Latest)}";
        Begin(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {Count(content.Events, "event")}, {(content.Threads == MostThreadsCounted ? "at least " : "")}{Count(content.Threads, "thread")}{times}, {(isCompressed ? "compressed" : "plain")} headers"));
        var events = new EventBlockReader(_framing, payload);
        while (events.Read())
            Write(events.Header, events.Payload);
    }

    /// <summary>Counts the events of a block up to its end or to damage.</summary>
    private BlockContent Measure(ReadOnlySpan<byte> payload, out bool isCompressed)
    {
        var events = new EventBlockReader(_framing, payload);
        isCompressed = events.IsCompressed;
        var threads = new HashSet<ulong>();
        var content = new BlockContent(0, 0, long.MaxValue, long.MinValue);
        try
        {
            while (events.Read())
            {
                var time = events.Header.Timestamp;
                if (threads.Count < MostThreadsCounted)
                    threads.Add(events.Header.CaptureThread);
                content = new BlockContent(content.Events + 1, threads.Count, Math.Min(content.Earliest, time), Math.Max(content.Latest, time));
            }
        }
        catch (NettraceException)
        {
            // The damage is reported when the events are written.
        }

        return content;
    }

    private void Write(in EventHeader header, ReadOnlySpan<byte> payload)
    {
        _events++;
        if (!_types.TryGetValue(header.MetadataId, out var type))
            throw new NettraceException(string.Create(CultureInfo.InvariantCulture, $"an event is of kind #{header.MetadataId}, which was never declared"));
        var missing = _numbers.Count(header.CaptureThread, header.SequenceNumber);
        if (!type.IsShown || !filter.Includes(SecondsAt(header.Timestamp)))
            return;
        _shown++;
        if (filter.BlocksOnly)
        {
            Flush();
            return;
        }

        _line.Append(CultureInfo.InvariantCulture, $"{TimeText(header.Timestamp)} thread {ThreadOf(header.Thread)}");
        if (header.CaptureThread != header.Thread)
            _line.Append(CultureInfo.InvariantCulture, $" (captured by {ThreadOf(header.CaptureThread)})");
        _line.Append(CultureInfo.InvariantCulture, $" {NameOf(type)} seq {header.SequenceNumber}{MissingText(missing)}");
        if (header.StackId != 0)
            _line.Append(CultureInfo.InvariantCulture, $" stack {header.StackId}");
        _payloads.Write(_line, payload, type.Fields);
        Detail(_line.ToString());
        _line.Clear();
    }

    private void Declare(EventType type)
    {
        _declaredBytes += type.Size;
        if (_types.Count >= NettraceReader.MaxEventTypes || _declaredBytes > NettraceReader.MaxDeclaredBytes)
            throw new NettraceException("more kinds of events are declared than there can be");
        var known = KnownEvents.Find(type.Kind, _trace?.PointerSize ?? DefaultPointerSize);
        var name = type.Name.Length > 0 ? type.Name : known?.Name ?? "";
        var declared = type.Fields;
        IsDamaged |= declared is null;
        IReadOnlyList<EventField> fields = declared is { Count: > 0 } ? declared : [.. known?.Fields.Select(field => new EventField(field.Name, field.Type)) ?? []];
        var item = _types[type.MetadataId] = new DeclaredEvent(type, name, fields, filter.Includes(type.Kind, name));
        if (!item.IsShown || filter.BlocksOnly)
            return;
        var fieldList = declared is null ? ", fields damaged" : declared.Count == 0 ? "" : $" ({string.Join(", ", declared.Select(FieldText))})";
        Detail($"#{type.MetadataId} {NameOf(item)} version {type.Version}, level {type.Level}, keywords 0x{type.Keywords:X}{fieldList}");
    }

    private void Declare(ThreadDeclaration thread)
    {
        if (_threadIds.Count >= SequenceNumbers.MaxThreads)
            _threadIds.Clear();
        _threadIds[thread.Index] = thread.ThreadId;
        if (!filter.IsPart)
            Detail($"thread {thread.Index} is {thread.ThreadId} of process {thread.ProcessId} {_payloads.Quoted(thread.Name)}");
    }

    private void Remove(ulong thread, uint number)
    {
        var missing = _numbers.Reach(thread, number);
        if (!filter.IsPart)
            Detail($"thread {ThreadOf(thread)} ends at seq {number}{MissingText(missing)}");
        _numbers.Remove(thread);
        _threadIds.Remove(thread);
    }

    private void WriteEnd(BlockReader blocks, Stream stream)
    {
        if (!blocks.EndedCleanly && !IsDamaged)
        {
            var rest = stream.CanSeek ? stream.Length - blocks.Position : 0;
            Line(rest > 0
                ? string.Create(CultureInfo.InvariantCulture, $"@{blocks.Position} cut off: {rest} bytes of a block that is not whole")
                : string.Create(CultureInfo.InvariantCulture, $"@{blocks.Position} cut off: no end mark"));
        }

        var shown = filter.IsPart ? string.Create(CultureInfo.InvariantCulture, $", {_shown} shown") : "";
        Line(string.Create(
            CultureInfo.InvariantCulture, $"@{blocks.Position} {(blocks.EndedCleanly ? "end" : "end of what can be read")}: {Count(_blocks, "block")}, {Count(_events, "event")}{shown}, {_numbers.Lost} lost"));
    }

    /// <summary>Begins a block. With a filter, its line is only written once some of its contents are.</summary>
    private void Begin(string line)
    {
        _pendingBlock = line;
        if (!filter.IsPart)
            Flush();
    }

    private void Flush()
    {
        if (_pendingBlock is { } line)
            Line(line);
        _pendingBlock = null;
    }

    private void Detail(FormattableString text) => Detail(text.ToString(CultureInfo.InvariantCulture));

    private void Detail(string text)
    {
        Flush();
        if (!filter.BlocksOnly)
            Line("  " + text);
    }

    private void Damage(long position, string reason)
    {
        IsDamaged = true;
        Flush();
        _line.Clear();
        Line(string.Create(CultureInfo.InvariantCulture, $"@{position} damaged: {clean(reason)}"));
    }

    private void Line(string text)
    {
        output.Write(text);
        output.Write('\n');
    }

    private double? SecondsAt(long timestamp) => _trace?.SecondsAt(timestamp);

    private string TimeText(long timestamp) => SecondsAt(timestamp) is { } seconds
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F9} s")
        : string.Create(CultureInfo.InvariantCulture, $"tick {timestamp}");

    private ulong ThreadOf(ulong thread) => _threadIds.GetValueOrDefault(thread, thread);

    private static string MissingText(uint missing) => missing == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({missing} missing before it)");

    private string NameOf(DeclaredEvent type) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_payloads.Name(type.Type.Kind.Provider)}/{(type.Name.Length > 0 ? $"{_payloads.Name(type.Name)}({type.Type.Kind.EventId})" : $"{type.Type.Kind.EventId}")}");

    private string FieldText(EventField field) => $"{TypeText(field)} {_payloads.Name(field.Name)}".TrimEnd();

    private string TypeText(EventField field) => field switch
    {
        { Fields: { } fields } => $"{{{string.Join(", ", fields.Select(FieldText))}}}",
        { Element: { } element } => $"{TypeText(element)}[{(field.Count > 0 ? field.Count.ToString(CultureInfo.InvariantCulture) : "")}]",
        _ => Enum.GetName(field.Type) ?? string.Create(CultureInfo.InvariantCulture, $"type {(int)field.Type}"),
    };

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Known(int number) => number == 0 ? "unknown" : number.ToString(CultureInfo.InvariantCulture);

    private static string BlockName(BlockKind kind) => Enum.GetName(kind) ?? string.Create(CultureInfo.InvariantCulture, $"kind {(int)kind}");
}
