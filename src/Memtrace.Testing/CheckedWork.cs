using System.Runtime.InteropServices;

namespace Memtrace.Testing;

/// <summary>
/// Holds work by a GC handle as long as it is checked. Paths from handles are better than those from stacks, so that what the work has captured is held by the work,
/// even if it is also on the stack of the test: in a Debug build, each value is until the test returns.
/// </summary>
internal sealed class CheckedWork : IDisposable
{
    private readonly Func<Task> _work;
    private GCHandle _handle;

    /// <summary>Holds it.</summary>
    /// <param name="work">The work.</param>
    public CheckedWork(Func<Task> work)
    {
        _work = work;
        _handle = GCHandle.Alloc(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Free();
        GC.KeepAlive(_work);
    }
}
