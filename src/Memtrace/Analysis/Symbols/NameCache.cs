using System.Diagnostics;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Names for one profile after the other of a live stream. They are looked up again when code has come or gone meanwhile, but not more often than each
/// few seconds, for that costs much more than the rest of a profile. Not thread-safe.
/// </summary>
internal sealed class NameCache(CodeMap code, CodeAddresses addresses, AllocationTracker allocations) : IDisposable
{
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(5);

    private readonly SourceLines _lines = new();
    private FrameResolver? _frames;
    private PlaceResolver? _places;
    private int _version;
    private long _lookedUpAt;

    /// <summary>What tells the names.</summary>
    public (FrameResolver Frames, PlaceResolver Places) Current()
    {
        if (_frames is null || _places is null || (_version != code.Version && Stopwatch.GetElapsedTime(_lookedUpAt) >= ShortestAge))
        {
            _frames = new FrameResolver(code, addresses, allocations.Stacks, _lines);
            _places = new PlaceResolver(allocations.Types, _frames);
            (_version, _lookedUpAt) = (code.Version, Stopwatch.GetTimestamp());
        }

        return (_frames, _places);
    }

    public void Dispose() => _lines.Dispose();
}
