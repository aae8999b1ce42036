using System.Text;

namespace Memtrace.Processes;

/// <summary>Reads an output to its end, so that its writer never blocks on a full pipe, and keeps its last lines.</summary>
internal sealed class OutputTail
{
    private const int Capacity = 4096;
    private const int MaxLines = 10;

    private readonly Lock _lock = new();
    private readonly byte[] _bytes = new byte[Capacity];
    private int _count;
    private bool _isCut;

    private OutputTail(Stream output) => Ended = ReadAsync(output);

    /// <summary>Completes at the end of the output, which processes that inherited it can hold open.</summary>
    public Task Ended { get; }

    /// <summary>The last lines so far; null without any.</summary>
    public string? Text
    {
        get
        {
            lock (_lock)
                return LastLines(Encoding.UTF8.GetString(_bytes, 0, _count));
        }
    }

    /// <summary>Begins to read.</summary>
    public static OutputTail Of(Stream output) => new(output);

    private async Task ReadAsync(Stream output)
    {
        try
        {
            var buffer = new byte[Capacity];
            while (await output.ReadAsync(buffer) is > 0 and var count)
                Add(buffer.AsSpan(0, count));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process is gone.
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var kept = Math.Min(_count, Capacity - bytes.Length);
            _isCut |= kept < _count;
            _bytes.AsSpan(_count - kept, kept).CopyTo(_bytes);
            bytes.CopyTo(_bytes.AsSpan(kept));
            _count = kept + bytes.Length;
        }
    }

    private string? LastLines(string text)
    {
        var lines = text.Split('\n').Skip(_isCut ? 1 : 0).Select(line => line.TrimEnd()).Where(line => line.Length > 0);
        return string.Join('\n', lines.TakeLast(MaxLines)) is { Length: > 0 } last ? last : null;
    }
}
