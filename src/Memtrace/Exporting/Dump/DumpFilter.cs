using System.Globalization;
using Memtrace.Nettrace;

namespace Memtrace.Exporting.Dump;

/// <summary>Which part of a recording to dump.</summary>
internal sealed record DumpFilter
{
    /// <summary>Only events of this provider; null for all.</summary>
    public string? Provider { get; init; }

    /// <summary>Only events of this id or name; null for all.</summary>
    public string? Event { get; init; }

    /// <summary>Only events at this time or later, in seconds after the start of the session.</summary>
    public double From { get; init; } = double.NegativeInfinity;

    /// <summary>Only events at this time or before.</summary>
    public double To { get; init; } = double.PositiveInfinity;

    /// <summary>Only a line for each block, without its contents.</summary>
    public bool BlocksOnly { get; init; }

    /// <summary>Whether kinds of events are left out.</summary>
    public bool IsOfKinds => Provider is not null || Event is not null;

    /// <summary>Whether anything is left out.</summary>
    public bool IsPart => IsOfKinds || IsOfTimes;

    private bool IsOfTimes => !double.IsNegativeInfinity(From) || !double.IsPositiveInfinity(To);

    /// <summary>Whether a kind of event is dumped.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">Its name, or empty.</param>
    internal bool Includes(EventKind kind, string name) =>
        (Provider is null || string.Equals(Provider, kind.Provider, StringComparison.OrdinalIgnoreCase)) && (Event is null || IsEvent(kind.EventId, name));

    /// <summary>Whether events at a time are dumped.</summary>
    /// <param name="seconds">The time; null if it is unknown.</param>
    internal bool Includes(double? seconds) => seconds is { } known ? known >= From && known <= To : !IsOfTimes;

    private bool IsEvent(int id, string name) => int.TryParse(Event, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number == id
        : string.Equals(Event, name, StringComparison.OrdinalIgnoreCase);
}
