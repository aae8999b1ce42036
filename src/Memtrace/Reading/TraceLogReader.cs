using System.Globalization;
using System.Runtime.InteropServices;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Memtrace.Reading;

/// <summary>
/// Reads other files than .nettrace files of one process through TraceEvent's TraceLog, into the same events: .etlx, .netperf, .nettrace of format 6 with
/// several processes, and on Windows PerfView's .etl and .etl.zip. From a file with several processes it reads one.
/// </summary>
/// <remarks>
/// For the differences from a .nettrace file see docs/recording-format.md, "Other files". TraceLog truncates events of more than 64 KB, which their decoders
/// notice. It counts lost events but not where they were lost, so with any loss every event may have a gap before it.
/// </remarks>
/// <param name="visitor">Receives the events.</param>
/// <param name="wanted">Id or name of the process to read; null for the one with the most .NET runtime events.</param>
internal sealed class TraceLogReader(RecordingVisitor visitor, string? wanted = null)
{
    /// <summary>TraceEvent turns GCDynamicEvents into events identified by name; their ids are meaningless.</summary>
    private const string CommittedUsageName = "GC/CommittedUsage";

    private readonly EventDispatcher _dispatcher = new(visitor);
    private readonly List<ulong> _stack = [];

    /// <summary>Whether the visitor is running: its exceptions are not damage of the file.</summary>
    private bool _isVisiting;
    private byte[] _payload = new byte[1 << 12];

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="format">Its format.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="RecordingException">
    /// The file is damaged, has no .NET process or not the requested one, or cannot be read on this operating system.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ReadingSummary Read(string file, RecordingFormat format, CancellationToken cancellation)
    {
        try
        {
            using var opened = new TraceLogFile(file, format);
            return Read(opened.Log, cancellation) with { Terminated = opened.IsWhole };
        }
        catch (UnsupportedFormatVersionException e)
        {
            throw new RecordingException($"Format {e.RequestedVersion} (.NET Core 2.0) is not supported.", e);
        }
        catch (Exception e) when (!_isVisiting && e is not (RecordingException or OperationCanceledException or OutOfMemoryException or IOException or UnauthorizedAccessException))
        {
            // TraceLog throws whatever its parsers run into, so nothing narrower can be caught here.
            throw new RecordingException($"The recording is damaged: {FirstLine(e.Message)}", e);
        }
    }

    private static string FirstLine(string text) => text.AsSpan().TrimEnd().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    private ReadingSummary Read(TraceLog log, CancellationToken cancellation)
    {
        var processes = Processes(log, cancellation);
        var process = Chosen(processes);
        visitor.Begin(new RecordingHeader(new DateTimeOffset(log.SessionStartTime.ToUniversalTime()), process.ProcessID, log.NumberOfProcessors, process.Is64Bit ? 8 : 4));
        if (FactsOf(process) is { CommandLine.Length: > 0 } facts)
            visitor.Visit(facts);
        var code = NameCode(log, process, cancellation);
        foreach (var data in process.EventsInProcess)
        {
            cancellation.ThrowIfCancellationRequested();
            Show(log, data, code);
        }

        return new ReadingSummary(Terminated: true, log.EventsLost, log.SessionEndTimeRelativeMSec / 1000)
        {
            ImpossibleEvents = _dispatcher.Impossible,
            OtherProcesses = [.. processes.Where(other => other != process).Select(other => new OtherProcess(other.ProcessID, NameOf(other)))],
        };
    }

    /// <summary>The processes with .NET runtime events, those with the most first.</summary>
    private static List<TraceProcess> Processes(TraceLog log, CancellationToken cancellation)
    {
        var events = new Dictionary<TraceProcess, long>();
        foreach (var data in log.Events)
        {
            cancellation.ThrowIfCancellationRequested();
            if (data.ProviderName == Providers.Runtime && data.Process() is { } process)
                CollectionsMarshal.GetValueRefOrAddDefault(events, process, out _)++;
        }

        return [.. events.OrderByDescending(count => count.Value).Select(count => count.Key)];
    }

    private TraceProcess Chosen(List<TraceProcess> processes)
    {
        if (processes.Count == 0)
            throw new RecordingException("The recording has no .NET runtime events.");
        return wanted is null ? processes[0] : processes.Find(IsWanted) ?? throw new RecordingException(
            $"The recording has no .NET process '{wanted}'. It has {string.Join(", ", processes.Select(process => $"{NameOf(process)} ({process.ProcessID})"))}.");
    }

    private bool IsWanted(TraceProcess process) =>
        process.ProcessID.ToString(CultureInfo.InvariantCulture) == wanted || NameOf(process).Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static ProcessFacts FactsOf(TraceProcess process) =>
        new(string.IsNullOrEmpty(process.CommandLine) ? process.ImageFileName ?? "" : process.CommandLine, process.Log.OSName ?? "", "");

    private static string NameOf(TraceProcess process) => FactsOf(process).Name ?? process.Name;

    private void Show(TraceLog log, TraceEvent data, TraceLogCode code)
    {
        if (ReceiverOf(data) is not { } receiver)
            return;
        var payload = PayloadOf(data);
        var stack = StackOf(log, data.CallStackIndex());
        var seconds = data.TimeStampRelativeMSec / 1000;
        _isVisiting = true;
        if (data.ProviderName == Providers.Rundown)
            visitor.Rundown(seconds);
        else
            visitor.Happened(seconds);
        if (log.EventsLost > 0)
            visitor.Lost();
        receiver(new RecordedEvent
        {
            Seconds = seconds,
            ThreadId = data.ThreadID,
            Version = data.Version,
            PointerSize = data.PointerSize,
            Bytes = payload,
            Stack = stack,
        });
        code.AfterEvent(data);
        _isVisiting = false;
    }

    private EventReceiver? ReceiverOf(TraceEvent data) =>
        _dispatcher.Find(new EventKind(data.ProviderName, data.EventName == CommittedUsageName ? CommittedUsage.Id : (int)data.ID));

    private ReadOnlySpan<byte> PayloadOf(TraceEvent data)
    {
        if (_payload.Length < data.EventDataLength)
            _payload = new byte[data.EventDataLength];
        data.EventData(_payload, 0, 0, data.EventDataLength);
        return _payload.AsSpan(0, data.EventDataLength);
    }

    private ReadOnlySpan<ulong> StackOf(TraceLog log, CallStackIndex stack)
    {
        _stack.Clear();
        for (; stack != CallStackIndex.Invalid; stack = log.CallStacks.Caller(stack))
        {
            var code = log.CallStacks.CodeAddressIndex(stack);
            if (!IsNative(log.CodeAddresses, code))
                _stack.Add(log.CodeAddresses.Address(code));
        }

        return CollectionsMarshal.AsSpan(_stack);
    }

    /// <summary>Windows stacks include native frames, which the runtime's own sessions do not have.</summary>
    private static bool IsNative(TraceCodeAddresses addresses, CodeAddressIndex code) =>
        addresses.MethodIndex(code) == MethodIndex.Invalid && addresses.ModuleFileIndex(code) != ModuleFileIndex.Invalid;

    private TraceLogCode NameCode(TraceLog log, TraceProcess process, CancellationToken cancellation)
    {
        var code = new TraceLogCode(log, visitor);
        foreach (var data in process.EventsInProcess)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReceiverOf(data) is not null)
                code.Gather(data);
        }

        code.ShowNames(process);
        return code;
    }
}
