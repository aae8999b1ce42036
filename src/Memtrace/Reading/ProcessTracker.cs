using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>Gathers what a recording says about its process: from our own event if there is one, otherwise from the runtime's events.</summary>
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

    /// <summary>More than one heap means Server GC. One heap means nothing, because Server GC adapts the number of its heaps.</summary>
    public void Add(in CollectorHistory history) => _hasHeaps |= history.HeapCount > 1;

    /// <summary>A background collection proves that concurrent GC is enabled.</summary>
    public void Add(in CollectionStart start) => _hasBackground |= start.Kind == CollectionKind.Background;

    /// <summary>The process, as far as it is known.</summary>
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
            _runtime?.ConcurrentGc ?? (_hasBackground ? true : null))
        {
            IsAheadOfTime = _recorded?.IsAheadOfTime,
        };
    }

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
