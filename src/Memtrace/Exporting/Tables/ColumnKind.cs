namespace Memtrace.Exporting.Tables;

/// <summary>What the values of a column are. It decides how each output lays them out.</summary>
internal enum ColumnKind
{
    /// <summary>Text, which may be shortened.</summary>
    Text,

    /// <summary>A readable type name.</summary>
    Type,

    /// <summary>A readable method name; unknown where there is no stack.</summary>
    Method,

    /// <summary>A short word, which is never shortened.</summary>
    Tag,

    /// <summary>A source file with its line.</summary>
    Location,

    /// <summary>Steps from a holder to what it holds, or a line of a tree of such steps.</summary>
    Path,

    /// <summary>A line of a call tree.</summary>
    TreeLine,

    /// <summary>A number.</summary>
    Number,

    /// <summary>The error of the number before it.</summary>
    Error,

    /// <summary>A share drawn as a bar.</summary>
    Bar,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>A quantity over time.</summary>
    Curve,

    /// <summary>The methods of a call stack.</summary>
    Stack,
}
