using System.Collections.Immutable;
using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The columns of the live view's lists.</summary>
/// <param name="allocations">The allocations so far.</param>
internal sealed class LiveRowColumns(AllocationProfile allocations)
{
    private readonly EstimateColumns<LiveRow> _allocated = new(allocations.Sampling, row => row.Allocated);

    /// <summary>Bytes allocated per second at present.</summary>
    public Column<LiveRow> Rate { get; } = new("bytesPerSecond", "Rate", Unit.BytesPerSecond, row => row.BytesPerSecond);

    /// <summary>Bytes allocated so far.</summary>
    public Column<LiveRow> Allocated => _allocated.Bytes with { Title = "Allocated" };

    /// <summary>The error of <see cref="Allocated"/>.</summary>
    public Column<LiveRow> Error => _allocated.Error;

    /// <summary>Objects allocated so far.</summary>
    public Column<LiveRow> Objects => _allocated.Objects;

    /// <summary>The samples that the figures are based on.</summary>
    public Column<LiveRow> Samples => _allocated.Samples;

    /// <summary>The share of all allocated bytes.</summary>
    public Column<LiveRow> Share { get; } = new("share", "Share", Unit.Share, row => Percent.Share(row.Allocated.Bytes, allocations.Total.Bytes));

    /// <summary>Bytes that a method allocates itself.</summary>
    public Column<LiveRow> Self { get; } = new("selfBytes", "Self", Unit.Bytes, row => row.Self?.Bytes);

    /// <summary>The share of all allocated bytes that a method allocates itself.</summary>
    public Column<LiveRow> SelfShare { get; } =
        new("selfShare", "Share", Unit.Share, row => row.Self is { } self ? Percent.Share(self.Bytes, allocations.Total.Bytes) : null);

    /// <summary>Live bytes.</summary>
    public Column<LiveRow> Live { get; } = new("liveBytes", "Live", Unit.Bytes, row => row.Live?.Bytes);

    /// <summary>Growth of the live bytes, beyond its error.</summary>
    public Column<LiveRow> Growth { get; } = new("growthBytesPerSecond", "Growth", Unit.BytesPerSecond, row => row.GrowthBytesPerSecond);

    /// <summary>Live bytes as a share of all that was allocated.</summary>
    public Column<LiveRow> Alive { get; } = new("aliveShare", "Alive", Unit.Share, row => row.AliveShare);

    /// <summary>The type.</summary>
    public Column<LiveRow> Type { get; } = new("type", "Type", ColumnKind.Type, row => row.Type);

    /// <summary>All figures that data has of a type.</summary>
    internal ImmutableArray<Column<LiveRow>> OfType => [Type, Allocated, Error, Objects, Samples, Rate, Live, Growth, Alive];

    /// <summary>All figures that data has of a call site.</summary>
    internal ImmutableArray<Column<LiveRow>> OfSite
    {
        get
        {
            var site = new SiteColumns<LiveRow>(row => row.Site);
            return [.. OfType, site.Method, .. site.Source];
        }
    }
}
