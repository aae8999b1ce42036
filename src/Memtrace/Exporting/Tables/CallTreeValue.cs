namespace Memtrace.Exporting.Tables;

/// <summary>What the amounts of stacks are.</summary>
internal enum CallTreeValue
{
    /// <summary>Everything allocated.</summary>
    Allocated,

    /// <summary>What is live at the end.</summary>
    Live,

    /// <summary>What was live when the live heap was largest.</summary>
    Peak,
}
