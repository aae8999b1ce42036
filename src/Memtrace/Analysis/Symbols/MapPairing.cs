using Memtrace.Events;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Assigns each IL map to the native code that it describes. A map names only the method, which all tiers share, but the load and map events are
/// next to each other on their thread: in a session the load comes first, in a rundown either can.
/// </summary>
internal sealed class MapPairing
{
    /// <summary>Threads beyond this number are a sign that they come and go: those that have ended need no pairing.</summary>
    private const int MaxThreads = 4096;

    private readonly Dictionary<int, (NativeMethod Method, bool Paired)> _lastLoad = [];
    private readonly Dictionary<int, (ulong MethodId, ILMap Map)> _waiting = [];

    /// <summary>A load (or a rundown's equivalent) on a thread.</summary>
    public void Load(int threadId, NativeMethod method)
    {
        var paired = _waiting.Remove(threadId, out var waiting) && waiting.MethodId == method.MethodId;
        if (paired)
            method.Map ??= waiting.Map;
        if (_lastLoad.Count >= MaxThreads)
            _lastLoad.Clear();
        _lastLoad[threadId] = (method, paired);
    }

    /// <summary>A map on a thread.</summary>
    public void Map(in MethodMap map)
    {
        var follows = _lastLoad.TryGetValue(map.ThreadId, out var last) && !last.Paired && last.Method.MethodId == map.MethodId;
        if (!follows)
        {
            if (_waiting.Count >= MaxThreads)
                _waiting.Clear();
            _waiting[map.ThreadId] = (map.MethodId, new ILMap(map.ILOffsets, map.NativeOffsets));
            return;
        }

        last.Method.Map ??= new ILMap(map.ILOffsets, map.NativeOffsets);
        _lastLoad[map.ThreadId] = (last.Method, true);
    }
}
