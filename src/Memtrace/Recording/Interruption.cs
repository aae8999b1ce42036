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

    /// <summary>Whether the end of the recording says why, so that the action need not.</summary>
    public bool IsReported { get; private set; }

    /// <summary>Cancels the action, unless it was cancelled before.</summary>
    /// <param name="reason">Why, in plain words: <c>the process did not answer</c>.</param>
    /// <param name="isReported">Whether the end of the recording says so.</param>
    public Task CancelAsync(string reason, bool isReported = false)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            IsReported = isReported;
        return _source.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
