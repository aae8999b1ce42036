using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>Gathers what a recording says about its process: our own event where there is one, else what the runtime says.</summary>
internal sealed class ProcessTracker
{
    private RecordingHeader _header;
    private RecordedProcess? _recorded;
    private ProcessFacts? _process;
    private RuntimeFacts? _runtime;
    private bool _hasHeaps;
    private bool _hasBackground;

    /// <summary>The stream's header.</summary>
    public void Add(in RecordingHeader header) => _header = header;

    /// <summary>Our own event.</summary>
    public void Add(in RecordedProcess process) => _recorded = process;

    /// <summary>EventPipe's event.</summary>
    public void Add(in ProcessFacts process) => _process = process;

    /// <summary>The runtime's event.</summary>
    public void Add(in RuntimeFacts runtime) => _runtime = runtime;

    /// <summary>More than one heap is a sign of the Server GC; one heap is a sign of nothing, for the Server GC adapts their number.</summary>
    public void Add(in CollectorHistory history) => _hasHeaps |= history.HeapCount > 1;

    /// <summary>A background collection shows that they are on.</summary>
    public void Add(in CollectionStart start) => _hasBackground |= start.Kind == CollectionKind.Background;

    /// <summary>What is known.</summary>
    public ProcessDescription Describe()
    {
        var commandLine = Text(_recorded?.CommandLine) ?? Text(_process?.CommandLine);
        return new ProcessDescription(
            _recorded?.ProcessId ?? _header.ProcessId,
            Text(_recorded?.Name) ?? new ProcessFacts(commandLine ?? "", "", "").Name,
            commandLine,
            Text(_recorded?.RuntimeVersion) ?? _runtime?.Version.ToString(),
            Text(_recorded?.Architecture) ?? Text(_process?.Architecture),
            Text(_recorded?.OperatingSystem) ?? Text(_process?.OperatingSystem),
            _recorded?.ProcessorCount > 0 ? _recorded.Value.ProcessorCount : _header.ProcessorCount,
            _runtime?.ServerGc ?? (_hasHeaps ? true : null),
            _runtime?.ConcurrentGc ?? (_hasBackground ? true : null));
    }

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
