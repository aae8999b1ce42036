using System.Diagnostics;
using Memtrace.Monitoring;

namespace Memtrace.Tool.Commands;

/// <summary>Measures what this process uses. Not thread-safe.</summary>
internal sealed class OwnUsageMeter
{
    /// <summary>Over how long processor time is averaged: one look at a time jumps about.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, TimeSpan Used)> _readings = new();

    /// <summary>What it uses now, processor time since about ten seconds.</summary>
    public OwnUsage Read()
    {
        var (now, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        _readings.Enqueue((now, used));
        while (_readings.Count > 2 && Stopwatch.GetElapsedTime(_readings.Peek().At, now) > Window)
            _readings.Dequeue();
        var (before, usedBefore) = _readings.Peek();
        var elapsed = Stopwatch.GetElapsedTime(before, now);
        return new OwnUsage(elapsed > TimeSpan.Zero ? (used - usedBefore) / elapsed : 0, Environment.WorkingSet);
    }
}
