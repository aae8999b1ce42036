using Memtrace.Events;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Memtrace.Reading;

/// <summary>
/// Reads what is no .nettrace file of format 4 to 6 through TraceEvent's TraceLog, into the same events: .etlx anywhere, .netperf, and on Windows .etl and
/// .etl.zip of PerfView. A file can hold many processes: the one with the most events of a .NET runtime is shown.
/// </summary>
/// <remarks>
/// TraceLog keeps the names of methods apart from the events and drops the events that gave them: each code address of a stack is shown as a method of its own,
/// with the line that it stands for. Loads and unloads in time are lost with them, and so is what TraceEvent does not know.
/// </remarks>
/// <param name="visitor">Receives the events.</param>
internal sealed class TraceLogReader(RecordingVisitor visitor)
{
    /// <summary>The events that TraceEvent makes of GCDynamicEvent have names, and ids of no meaning.</summary>
    private const string CommittedUsageName = "GC/CommittedUsage";

    private readonly EventDispatcher _dispatcher = new(visitor);
    private readonly List<ulong> _stack = [];
    private byte[] _payload = new byte[1 << 12];

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="format">Its format; not <see cref="RecordingFormat.Nettrace"/>.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="RecordingException">The file is damaged, holds no .NET process, or cannot be read on this operating system.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ReadingSummary Read(string file, RecordingFormat format, CancellationToken cancellation)
    {
        if (format is RecordingFormat.Etl or RecordingFormat.ZippedEtl && !System.OperatingSystem.IsWindows())
            throw new RecordingException("Files of Event Tracing for Windows can be read on Windows only. Convert it to .etlx there with PerfView (File > Save as).");
        var folder = Directory.CreateTempSubdirectory("dotnet-memtrace-");
        try
        {
            using var log = Open(file, format, folder.FullName);
            return Read(log, cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>TraceLog throws whatever its parsers meet in a damaged file, so nothing narrower can be caught here.</summary>
    private static TraceLog Open(string file, RecordingFormat format, string folder)
    {
        try
        {
            return new TraceLog(Converted(file, format, folder));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or IOException or UnauthorizedAccessException))
        {
            throw new RecordingException($"The recording cannot be read: {FirstLine(e.Message)}", e);
        }
    }

    private static string Converted(string file, RecordingFormat format, string folder)
    {
        var etlx = Path.Combine(folder, "recording.etlx");
        switch (format)
        {
            case RecordingFormat.NetPerf:
                return TraceLog.CreateFromEventPipeDataFile(file, etlx);
            case RecordingFormat.Etl:
                return TraceLog.CreateFromEventTraceLogFile(file, etlx);
            case RecordingFormat.ZippedEtl:
                var archive = new ZippedETLReader(file) { EtlFileName = Path.Combine(folder, "recording.etl"), SymbolDirectory = Path.Combine(folder, "symbols") };
                archive.UnpackArchive();
                return TraceLog.CreateFromEventTraceLogFile(archive.EtlFileName, etlx);
            default:
                return file;
        }
    }

    private static string FirstLine(string text) => text.AsSpan().TrimEnd().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    private ReadingSummary Read(TraceLog log, CancellationToken cancellation)
    {
        var process = Busiest(log) ?? throw new RecordingException("The recording holds no event of a .NET runtime.");
        visitor.Begin(new RecordingHeader(new DateTimeOffset(log.SessionStartTime.ToUniversalTime()), process.ProcessID, log.NumberOfProcessors, process.Is64Bit ? 8 : 4));
        if (!string.IsNullOrEmpty(process.CommandLine))
            visitor.Visit(new ProcessFacts(process.CommandLine, log.OSName, string.Empty));
        NameCode(log);
        foreach (var data in process.EventsInProcess)
        {
            cancellation.ThrowIfCancellationRequested();
            Show(log, data);
        }

        return new ReadingSummary(Terminated: true, log.EventsLost, log.SessionEndTimeRelativeMSec / 1000);
    }

    private static TraceProcess? Busiest(TraceLog log)
    {
        var events = new Dictionary<TraceProcess, long>();
        foreach (var data in log.Events)
        {
            if (data.ProviderName == Providers.Runtime && data.Process() is { } process)
                events[process] = events.GetValueOrDefault(process) + 1;
        }

        return events.OrderByDescending(count => count.Value).Select(count => count.Key).FirstOrDefault();
    }

    private void Show(TraceLog log, TraceEvent data)
    {
        var id = data.EventName == CommittedUsageName ? CommittedUsage.Id : (int)data.ID;
        if (_dispatcher.Find(data.ProviderName, id) is not { } receiver)
            return;
        var seconds = data.TimeStampRelativeMSec / 1000;
        if (data.ProviderName == Providers.Rundown)
            visitor.Rundown(seconds);
        else
            visitor.Happened(seconds);
        receiver(new RecordedEvent
        {
            Seconds = seconds,
            ThreadId = data.ThreadID,
            Version = data.Version,
            PointerSize = data.PointerSize,
            Bytes = PayloadOf(data),
            Stack = StackOf(log, data.CallStackIndex()),
        });
    }

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
            _stack.Add(log.CodeAddresses.Address(log.CallStacks.CodeAddressIndex(stack)));
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_stack);
    }

    /// <summary>A frame is a return address: the code that it stands for ends right before it.</summary>
    private void NameCode(TraceLog log)
    {
        foreach (var file in log.ModuleFiles)
            visitor.Visit(new ModuleCode((ulong)file.ModuleFileIndex + 1, file.FilePath, file.PdbSignature));
        foreach (var address in log.CodeAddresses)
        {
            if (address.Address != 0 && address.Method is { } method)
                NameCode(address, method);
        }
    }

    private void NameCode(TraceCodeAddress address, TraceMethod method)
    {
        var (type, name, signature) = Parts(method.FullMethodName);
        var id = (ulong)address.CodeAddressIndex + 1;
        visitor.Loaded(new MethodCode
        {
            ThreadId = 0,
            MethodId = id,
            ModuleId = (ulong)method.MethodModuleFileIndex + 1,
            Start = address.Address - 1,
            Size = 1,
            Token = method.MethodToken,
            DeclaringType = type,
            Name = name,
            Signature = signature,
        });
        if (address.ILOffset >= 0)
            visitor.Visit(new MethodMap { ThreadId = 0, MethodId = id, ILOffsets = [address.ILOffset], NativeOffsets = [0] });
    }

    /// <summary>Takes <c>Namespace.Type.Method(signature)</c> apart; constructors are called <c>.ctor</c>.</summary>
    internal static (string Type, string Name, string Signature) Parts(string fullName)
    {
        var parenthesis = fullName.IndexOf('(', StringComparison.Ordinal);
        var path = parenthesis < 0 ? fullName : fullName[..parenthesis];
        var dot = path.LastIndexOf('.');
        if (dot > 0 && path[dot - 1] == '.')
            dot--;
        return dot < 0
            ? (string.Empty, path, parenthesis < 0 ? string.Empty : fullName[parenthesis..])
            : (path[..dot], path[(dot + 1)..], parenthesis < 0 ? string.Empty : fullName[parenthesis..]);
    }
}
