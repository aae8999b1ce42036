using System.Runtime.ExceptionServices;

namespace Memtrace;

/// <summary>Measured work: its memory, and how it ended. Immutable.</summary>
public class MeasuredRun
{
    internal MeasuredRun(MeasuredMemory memory, Exception? exception) => (Memory, Exception) = (memory, exception);

    /// <summary>The memory. It is known also where the work has thrown an exception.</summary>
    public MeasuredMemory Memory { get; }

    /// <summary>The exception that the work has thrown; null if it succeeded.</summary>
    public Exception? Exception { get; }

    /// <summary>Throws the exception of the work, if there is one, with its original stack.</summary>
    public void ThrowIfFailed()
    {
        if (Exception is { } exception)
            ExceptionDispatchInfo.Throw(exception);
    }
}

/// <summary>Measured work with a result.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
public sealed class MeasuredRun<T> : MeasuredRun
{
    private readonly T? _value;

    internal MeasuredRun(MeasuredMemory memory, Exception? exception, T? value)
        : base(memory, exception) => _value = value;

    /// <summary>The result of the work. If the work has thrown an exception, this throws it.</summary>
    public T Value
    {
        get
        {
            ThrowIfFailed();
            return _value!;
        }
    }
}
