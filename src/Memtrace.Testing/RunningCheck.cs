namespace Memtrace.Testing;

/// <summary>A check while it runs. It sees the whole process, and so what other checks do meanwhile.</summary>
internal sealed class RunningCheck : IDisposable
{
    /// <summary>What a failure says if the check was not alone.</summary>
    public const string NotAlone = "Another check ran at the same time, and what it did counts here, too: run such tests alone.";

    private static readonly Lock Lock = new();
    private static readonly HashSet<RunningCheck> Running = [];

    private bool _isAlone;

    private RunningCheck()
    {
    }

    /// <summary>Whether no other check has run at the same time so far.</summary>
    public bool IsAlone
    {
        get
        {
            lock (Lock)
                return _isAlone;
        }
    }

    /// <summary>Begins a check.</summary>
    public static RunningCheck Begin()
    {
        lock (Lock)
        {
            var check = new RunningCheck { _isAlone = Running.Count == 0 };
            foreach (var other in Running)
                other._isAlone = false;
            if (check._isAlone)
                SpareThread.Allow();
            Running.Add(check);
            return check;
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        lock (Lock)
        {
            if (Running.Remove(this) && Running.Count == 0)
                SpareThread.Withdraw();
        }
    }
}
