using Memtrace.Processes;

namespace Memtrace.Watching;

/// <summary>
/// Finds processes to watch, again and again. Finding out whether a process runs .NET takes longer than all the rest of watching, so what was no target a moment
/// ago is not examined again. Not thread-safe.
/// </summary>
/// <param name="scope">Which processes.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessDiscovery(WatchScope scope, TimeProvider time)
{
    /// <summary>A process can load the runtime later, so it is examined again after this time, and each time as long as it is younger.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly Dictionary<RunningProgram, DateTimeOffset> _dismissed = [];
    private readonly SteadyClock _clock = new(time);

    /// <summary>The processes in scope, except for some.</summary>
    /// <param name="isWatched">Whether a process with this id and start is watched already.</param>
    /// <exception cref="TargetException">This system does not list processes.</exception>
    public IReadOnlyList<DotnetProcess> Find(Func<int, DateTimeOffset?, bool> isWatched)
    {
        var now = _clock.Now;
        foreach (var (outdated, _) in _dismissed.Where(item => now - item.Value >= Validity).ToList())
            _dismissed.Remove(outdated);
        var examined = new Dictionary<int, LinuxProcess>();
        var found = scope.Find(process => IsNew(process) && !isWatched(process.Id, process.StartedAt) && examined.TryAdd(process.Id, process));
        foreach (var process in found)
            examined.Remove(process.Id);
        foreach (var process in examined.Values.Where(process => now - process.StartedAt > Validity))
            _dismissed[RunningProgram.Of(process)] = now;
        return [.. found.Where(process => !isWatched(process.Id, process.StartedAt))];
    }

    private bool IsNew(LinuxProcess process) => !_dismissed.ContainsKey(RunningProgram.Of(process));

    /// <summary>A process can go on as another program (execve(2)), which may be a .NET one.</summary>
    private readonly record struct RunningProgram(int ProcessId, ProgramIdentity Program)
    {
        public static RunningProgram Of(LinuxProcess process) => new(process.Id, process.Program);
    }
}
