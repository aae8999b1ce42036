using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;
using Memtrace.Recording;

using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>Our own event <c>Breakdown</c>. Its layout: docs/recording-format.md.</summary>
internal sealed class BreakdownDecoder(RecordingVisitor visitor)
{
    private static readonly ImmutableArray<MemoryCategory> Categories = [.. Enum.GetValues<MemoryCategory>()];

    /// <summary>Registers the event.</summary>
    public void Register(EventRegistry registry) => registry.Provider(RecorderEvents.ProviderName).On((int)RecorderEvent.Breakdown, Decode);

    private void Decode(RawEvent data)
    {
        var payload = data.Payload;
        var reason = Enum.TryParse<BreakdownReason>(payload.ReadString(), ignoreCase: true, out var known) ? known : BreakdownReason.Interval;
        var (rss, swap) = (payload.ReadInt64(), payload.ReadInt64());
        var categories = ImmutableArray.CreateBuilder<CategoryMemory>(Categories.Length);
        foreach (var category in Categories)
            categories.Add(new CategoryMemory(category, payload.ReadInt64()));
        var images = new ImageMemory(payload.ReadInt64(), payload.ReadInt64());
        var (mainHeap, arenas, mapped) = (payload.ReadInt64(), payload.ReadInt64(), payload.ReadInt64());
        var (arenaCount, threads) = (payload.ReadInt32(), payload.ReadInt32());
        if (payload.Overrun)
            return;
        var breakdown = new MemoryBreakdown(
            data.Seconds,
            reason,
            rss,
            swap,
            categories.MoveToImmutable(),
            GcHeap: null,
            images,
            new MallocMemory(mainHeap, arenas, arenaCount, mapped),
            threads,
            [.. Lines(payload.ReadString()).Select(File).OfType<MappedFile>()],
            Lines(payload.ReadString()),
            Lines(payload.ReadString()));
        var largestArena = payload.ReadInt64();
        if (!payload.Overrun)
            breakdown = breakdown with { Malloc = breakdown.Malloc with { LargestArena = largestArena } };
        var unknown = payload.ReadInt32();
        visitor.Visit(payload.Overrun || unknown == 0 ? breakdown : Without(breakdown, unknown));
    }

    private static MemoryBreakdown Without(MemoryBreakdown breakdown, int unknown) => breakdown with
    {
        Categories = [.. breakdown.Categories.Select(item => item with { IsKnown = (unknown & (1 << (int)item.Category)) == 0 })],
    };

    private static ImmutableArray<string> Lines(ReadOnlySpan<char> text) => [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    // The kernel escapes the line breaks of paths; blanks it does not. Older recordings hold a sum of all files without a path.
    private static MappedFile? File(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && blank < line.Length - 1 && long.TryParse(line.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new MappedFile(line[(blank + 1)..], bytes)
            : null;
    }
}
