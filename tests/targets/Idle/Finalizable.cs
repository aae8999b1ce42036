namespace Idle;

/// <summary>An object whose finalizer takes its time.</summary>
/// <param name="array">What it holds until then.</param>
internal sealed class Finalizable(byte[] array)
{
    public static int Milliseconds { get; set; }

    ~Finalizable()
    {
        Thread.Sleep(Milliseconds);
        GC.KeepAlive(array);
    }
}
