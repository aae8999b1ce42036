namespace Memtrace.Exporting.Tables;

/// <summary>A number that says itself what it is, for columns whose rows differ in that.</summary>
/// <param name="Kind">What it is: a kind of numbers.</param>
/// <param name="Value">The number.</param>
public sealed record Figure(ColumnKind Kind, double Value)
{
    /// <summary>Whether it is a change: a plus or minus sign is a part of it.</summary>
    public bool IsChange { get; init; }

    /// <summary>A number that may be missing.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="value">The number, or null.</param>
    public static Figure? Of(ColumnKind kind, double? value) => value is { } number ? new Figure(kind, number) : null;

    /// <summary>A change that may be unknown.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="value">The change, or null.</param>
    public static Figure? ChangeOf(ColumnKind kind, double? value) => value is { } number ? new Figure(kind, number) { IsChange = true } : null;
}
