using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>A value in a table or a document. Every output formats every kind of them. Immutable.</summary>
internal abstract record Cell;

/// <summary>Text as it is.</summary>
/// <param name="Text">The text; it may come from a recording.</param>
internal sealed record TextCell(string Text) : Cell;

/// <summary>Yes or no.</summary>
/// <param name="Value">Which of them.</param>
internal sealed record FlagCell(bool Value) : Cell;

/// <summary>A source file with its line.</summary>
/// <param name="Frame">The frame that is there.</param>
internal sealed record PlaceCell(Frame Frame) : Cell;

/// <summary>How an amount changed.</summary>
/// <param name="Tag">The tag.</param>
internal sealed record TagCell(ChangeTag Tag) : Cell;

/// <summary>The error of an estimate: half the width of its 95% interval.</summary>
/// <param name="Estimate">The estimate.</param>
internal sealed record ErrorCell(Estimate Estimate) : Cell;

/// <summary>A line of a call tree.</summary>
/// <param name="Row">The line.</param>
internal sealed record TreeLineCell(CallTreeRow Row) : Cell;

/// <summary>The methods of a call stack, the leaf first.</summary>
/// <param name="Stack">The stack; null for an empty one.</param>
internal sealed record StackCell(CallStack? Stack) : Cell;

/// <summary>A number with its unit.</summary>
/// <param name="Unit">What it counts.</param>
/// <param name="Value">The number, finite.</param>
internal sealed record Figure(Unit Unit, double Value) : Cell
{
    /// <summary>Whether it is a change, which is always written with its sign.</summary>
    public bool IsChange { get; init; }

    /// <summary>The number as data has it.</summary>
    public double Rounded => Unit.Round(Value);

    /// <summary>A number that may be unknown.</summary>
    /// <param name="unit">What it counts.</param>
    /// <param name="value">The number; null or not finite where it is unknown.</param>
    public static Figure? Of(Unit unit, double? value) => value is { } number && double.IsFinite(number) ? new Figure(unit, number) : null;

    /// <summary>A change that may be unknown.</summary>
    /// <param name="unit">What it counts.</param>
    /// <param name="value">The change; null or not finite where it is unknown.</param>
    public static Figure? ChangeOf(Unit unit, double? value) => Of(unit, value) is { } change ? change with { IsChange = true } : null;
}

/// <summary>A quantity in bytes over time.</summary>
/// <param name="Points">Its known values, in time order.</param>
/// <param name="StartSeconds">Where its axis begins, in seconds after the start of the recording.</param>
/// <param name="EndSeconds">Where its axis ends.</param>
/// <param name="FirstBytes">Its first value, smoothed.</param>
/// <param name="LastBytes">Its last value, smoothed.</param>
internal sealed record Curve(
    ImmutableArray<GrowthPoint> Points, double StartSeconds, double EndSeconds, double FirstBytes, double LastBytes) : Cell;
