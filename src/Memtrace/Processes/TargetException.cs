namespace Memtrace.Processes;

/// <summary>A process cannot be a target. The message is one line for a person: what is wrong and what to do.</summary>
public sealed class TargetException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">The same in one line, with what to do about it.</param>
    /// <param name="innerException">The cause, if any.</param>
    public TargetException(TargetError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>What is wrong.</summary>
    public TargetError Error { get; }
}
