namespace Memtrace.Exporting.Tables;

/// <summary>What the values of a column are. It decides how each output writes them.</summary>
public enum ColumnKind
{
    /// <summary>Text as it is.</summary>
    Text,

    /// <summary>A readable type name (string).</summary>
    Type,

    /// <summary>A readable method name (string), or null where the stack is not known.</summary>
    Method,

    /// <summary>A source file with its line (<see cref="Profiles.Frame"/>), or null.</summary>
    Location,

    /// <summary>A line of a call tree (<see cref="CallTreeRow"/>).</summary>
    TreeLine,

    /// <summary>Bytes (number).</summary>
    Bytes,

    /// <summary>The error of an estimate in bytes (<see cref="Profiles.Estimate"/>) or of a <see cref="Tables.Figure"/>, or null where none can be stated.</summary>
    Error,

    /// <summary>Bytes a second (number).</summary>
    Rate,

    /// <summary>How many (number).</summary>
    Count,

    /// <summary>A share, 0 to 1 (number).</summary>
    Share,

    /// <summary>A share, 0 to 1, drawn as a bar (number).</summary>
    Bar,

    /// <summary>Percent, 0 to 100 (number).</summary>
    Percent,

    /// <summary>How many, with a fraction where it is small: a rate, a mean (number).</summary>
    Amount,

    /// <summary>Seconds (number).</summary>
    Seconds,

    /// <summary>Milliseconds (number).</summary>
    Milliseconds,

    /// <summary>Yes or no (bool).</summary>
    Flag,

    /// <summary>A quantity over time (<see cref="Tables.Curve"/>).</summary>
    Curve,

    /// <summary>How many a minute (number).</summary>
    PerMinute,

    /// <summary>How much more or less, relative to what was before: 0.1 is ten percent more (number).</summary>
    Ratio,

    /// <summary>A number whose kind is a matter of the row (<see cref="Tables.Figure"/>).</summary>
    Figure,

    /// <summary>What became of an amount (<see cref="Profiles.ChangeTag"/>).</summary>
    Tag,
}

/// <summary>In which outputs a column appears.</summary>
public enum ColumnPlacement
{
    /// <summary>On the screen and in data.</summary>
    Everywhere,

    /// <summary>In data only.</summary>
    Data,

    /// <summary>On the screen only.</summary>
    Screen,

    /// <summary>On the screen only, on a line of its own below the row where there is a value.</summary>
    Detail,
}

/// <summary>A column of a report's table, declared once for all outputs.</summary>
/// <param name="Key">Its name in data.</param>
/// <param name="Title">Its name on the screen.</param>
/// <param name="Kind">What its values are.</param>
public record Column(string Key, string Title, ColumnKind Kind)
{
    /// <summary>In which outputs it appears.</summary>
    public ColumnPlacement Placement { get; init; }

    /// <summary>
    /// 0: always on the screen. Where the screen is narrow, a column of a higher rank gives way sooner: figures are left out, names go
    /// to a line of their own below the row.
    /// </summary>
    public int Rank { get; init; }

    /// <summary>Whether data has it.</summary>
    public bool InData => Placement is ColumnPlacement.Everywhere or ColumnPlacement.Data;
}

/// <summary>A column of rows of one type.</summary>
/// <typeparam name="TRow">The rows' type.</typeparam>
/// <param name="Key">Its name in data.</param>
/// <param name="Title">Its name on the screen.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Value">Takes the value out of a row: of the type that <paramref name="Kind"/> names, or null where it is not known.</param>
public sealed record Column<TRow>(string Key, string Title, ColumnKind Kind, Func<TRow, object?> Value) : Column(Key, Title, Kind);
