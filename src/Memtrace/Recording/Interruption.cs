namespace Memtrace.Recording;

/// <summary>Cancels an action of a recording, and knows why: whoever does the action can then say so.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private string? _reason;

    /// <summary>Cancels the action.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Why it was cancelled, in plain words; null if it was not.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Cancels the action, unless it was cancelled before.</summary>
    /// <param name="reason">Why, in plain words: <c>the process did not answer</c>.</param>
    public Task CancelAsync(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        return _source.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
