using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>
/// A column of a table, or a single figure of a document: its name, its unit or kind, and where it appears. Declared once for text, the live view, CSV, JSON and the
/// page.
/// </summary>
/// <param name="Key">Its name in data, in camel case: it states the unit.</param>
/// <param name="Title">Its title on the screen.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Unit">The unit of its numbers; null for other values, and where each row has its own unit.</param>
internal record Column(string Key, string Title, ColumnKind Kind, Unit? Unit)
{
    /// <summary>In which outputs it appears.</summary>
    public ColumnPlacement Placement { get; init; }

    /// <summary>
    /// 0: always on the screen. On a narrow screen columns of the highest rank give way first: figures are left out, names move to a separate line below the row.
    /// </summary>
    public int Rank { get; init; }

    /// <summary>Whether data has it.</summary>
    public bool InData => Placement is ColumnPlacement.Everywhere or ColumnPlacement.Data;

    /// <summary>Whether a value fits into one field of a CSV file.</summary>
    public bool IsScalar => Kind is not (ColumnKind.Curve or ColumnKind.Stack);
}

/// <summary>A column of rows of one type. Each constructor takes values of one type; null is unknown.</summary>
/// <typeparam name="TRow">The rows' type.</typeparam>
internal sealed record Column<TRow> : Column
{
    private readonly Func<TRow, Cell?> _cell;

    /// <summary>A column of cells.</summary>
    /// <param name="key">Its name in data.</param>
    /// <param name="title">Its title on the screen.</param>
    /// <param name="kind">What its values are.</param>
    /// <param name="cell">Takes the value out of a row.</param>
    public Column(string key, string title, ColumnKind kind, Func<TRow, Cell?> cell)
        : base(key, title, kind, null) => _cell = cell;

    /// <summary>A column of numbers; a number that is not finite is unknown.</summary>
    /// <inheritdoc cref="Column{TRow}(string, string, ColumnKind, Func{TRow, Cell})"/>
    public Column(string key, string title, Unit unit, Func<TRow, double?> number)
        : base(key, title, ColumnKind.Number, unit) => _cell = row => Figure.Of(unit, number(row));

    /// <summary>A column of texts.</summary>
    /// <inheritdoc cref="Column{TRow}(string, string, ColumnKind, Func{TRow, Cell})"/>
    public Column(string key, string title, ColumnKind kind, Func<TRow, string?> text)
        : base(key, title, kind, null) => _cell = row => text(row) is { } known ? new TextCell(known) : null;

    /// <summary>A column of yes and no.</summary>
    /// <inheritdoc cref="Column{TRow}(string, string, ColumnKind, Func{TRow, Cell})"/>
    public Column(string key, string title, Func<TRow, bool?> flag)
        : base(key, title, ColumnKind.Flag, null) => _cell = row => flag(row) is { } known ? new FlagCell(known) : null;

    /// <summary>A column of places in the source.</summary>
    /// <inheritdoc cref="Column{TRow}(string, string, ColumnKind, Func{TRow, Cell})"/>
    public Column(string key, string title, Func<TRow, Frame?> place)
        : base(key, title, ColumnKind.Location, null) => _cell = row => place(row) is { } known ? new PlaceCell(known) : null;

    private Column(Column column, string key, Func<TRow, Cell?> cell)
        : base(column) => (Key, _cell) = (key, cell);

    /// <summary>The value of a row, or null if it is unknown.</summary>
    /// <param name="row">The row.</param>
    public Cell? Of(TRow row) => _cell(row);

    /// <summary>The same column of something that the rows are a part of.</summary>
    /// <typeparam name="TWhole">What they are a part of.</typeparam>
    /// <param name="key">Its name in data.</param>
    /// <param name="part">Takes the row out of the whole; null if it is unknown.</param>
    internal Column<TWhole> Within<TWhole>(string key, Func<TWhole, TRow?> part) =>
        new(this, key, whole => part(whole) is { } row ? _cell(row) : null);
}
