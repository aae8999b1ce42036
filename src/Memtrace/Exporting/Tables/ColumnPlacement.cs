namespace Memtrace.Exporting.Tables;

/// <summary>In which outputs a column appears.</summary>
internal enum ColumnPlacement
{
    /// <summary>On the screen and in data.</summary>
    Everywhere,

    /// <summary>In data only.</summary>
    Data,

    /// <summary>On the screen only.</summary>
    Screen,

    /// <summary>On the screen only, on its own line below the row where there is a value.</summary>
    Detail,
}
