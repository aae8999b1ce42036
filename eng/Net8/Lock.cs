namespace System.Threading;

/// <summary>The lock of .NET 9, by the monitor of an object.</summary>
internal sealed class Lock
{
    private readonly object _monitor = new();

    /// <summary>Enters it until the scope is disposed.</summary>
    public Scope EnterScope()
    {
        Monitor.Enter(_monitor);
        return new Scope(this);
    }

    /// <summary>Enters it if no other thread is in it.</summary>
    public bool TryEnter() => Monitor.TryEnter(_monitor);

    /// <summary>Leaves it.</summary>
    public void Exit() => Monitor.Exit(_monitor);

    /// <summary>Leaves a lock when it is disposed.</summary>
    /// <param name="entered">The lock.</param>
    public readonly ref struct Scope(Lock entered)
    {
        private readonly Lock _entered = entered;

        /// <summary>Leaves it.</summary>
        public void Dispose() => _entered.Exit();
    }
}
