using System.Globalization;
using Memtrace.Recording;

namespace Memtrace.Tool.Rendering;

/// <summary>The status line of a running recording. Remembers what it needs for rates. Not thread-safe.</summary>
internal sealed class RecordingStatus
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(2);
    private readonly Queue<(TimeSpan At, double Allocated)> _allocated = new();

    /// <summary>The line.</summary>
    /// <param name="progress">How far the recording is; null while it waits for the first event.</param>
    /// <param name="width">Columns there are.</param>
    /// <returns>At least one character: the terminal library rejects empty text.</returns>
    public string Format(RecordingProgress? progress, int width)
    {
        if (progress is null)
            return Cut("waiting for the process to respond; press Ctrl+C to give up", width);
        var elapsed = progress.Elapsed.ToString(progress.Elapsed.TotalHours < 1 ? @"mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
        var (rss, peak, heap, file) = (Size(progress.Rss), Size(progress.PeakRss), Size(progress.GcHeap), ByteSize.Format(progress.FileSize));
        var rate = ByteSize.FormatRate(Rate(progress));
        var lost = progress.LostEvents.ToString(CultureInfo.InvariantCulture);
        var line = $"{elapsed}  RSS {rss} (peak {peak})  GC heap {heap}  allocating {rate}  lost {lost}  file {file}  q stops";
        return line.Length <= width
            ? line
            : Fit(width, (elapsed, 0), ($"RSS {rss}/{peak}", 1), ($"heap {heap}", 3), (rate, 4), ($"lost {lost}", progress.LostEvents > 0 ? 2 : 6), ($"file {file}", 5), ("q stops", 0));
    }

    /// <summary>Leaves out the parts of the highest rank until the others fit.</summary>
    private static string Fit(int width, params (string Text, int Rank)[] parts)
    {
        var line = string.Join(' ', parts.Select(part => part.Text));
        var last = parts.Max(part => part.Rank);
        return line.Length <= width || last == 0 ? Cut(line, width) : Fit(width, [.. parts.Where(part => part.Rank < last)]);
    }

    // The rate of the last two seconds: long enough to be steady, short enough to follow.
    private double Rate(RecordingProgress progress)
    {
        _allocated.Enqueue((progress.Elapsed, progress.Allocated));
        while (_allocated.Count > 1 && progress.Elapsed - _allocated.Peek().At > RateWindow)
            _allocated.Dequeue();
        var (at, allocated) = _allocated.Peek();
        var seconds = (progress.Elapsed - at).TotalSeconds;
        return seconds > 0 ? (progress.Allocated - allocated) / seconds : 0;
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Format(known) : "-";

    private static string Cut(string line, int width) => line.Length <= width ? line : line[..Math.Max(1, width)];
}
