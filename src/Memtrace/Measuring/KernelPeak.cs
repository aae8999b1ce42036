namespace Memtrace.Measuring;

/// <summary>
/// The kernel's own record of this process's highest resident set (VmHWM of proc(5)), reset at the start of a measurement. There is one for the process, so that
/// a measurement that starts during another one does not reset it.
/// </summary>
internal sealed class KernelPeak : IDisposable
{
    private static int _users;

    private KernelPeak(bool isReset) => IsReset = isReset;

    /// <summary>Whether it was reset for this measurement.</summary>
    public bool IsReset { get; }

    /// <summary>Resets it if no other measurement uses it and the kernel supports that.</summary>
    public static KernelPeak Begin() => new(Interlocked.Increment(ref _users) == 1 && TryReset());

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Decrement(ref _users);

    private static bool TryReset()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
