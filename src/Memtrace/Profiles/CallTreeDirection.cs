namespace Memtrace.Profiles;

/// <summary>Which way a call tree goes.</summary>
public enum CallTreeDirection
{
    /// <summary>From the start of the threads down to the methods that allocate.</summary>
    Callees,

    /// <summary>From the methods that allocate down to their callers.</summary>
    Callers,
}
