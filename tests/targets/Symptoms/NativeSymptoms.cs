using System.Runtime.InteropServices;

namespace Symptoms;

/// <summary>10 MB/s from malloc, in pieces that its heap holds. The amount is in bytes.</summary>
internal sealed unsafe class NativeLeak : Symptom
{
    private long _bytes;

    public override long Amount => Volatile.Read(ref _bytes);

    protected override bool KeepsPace => true;

    protected override void Step()
    {
        Keep(100);
        Volatile.Write(ref _bytes, _bytes + 100_000);
    }

    /// <summary>Takes so many thousand bytes, and touches them.</summary>
    public static void Keep(int pieces)
    {
        for (var i = 0; i < pieces; i++)
            NativeMemory.Fill(NativeMemory.Alloc(1000), 1000, 1);
    }
}

/// <summary>24 threads that keep 6 MB each in a malloc arena.</summary>
internal sealed class Arenas : Symptom
{
    private const int Threads = 24;

    public Arenas()
    {
        using var filling = new CountdownEvent(Threads);
        for (var i = 0; i < Threads; i++)
            new Thread(() => Fill(filling)) { IsBackground = true }.Start();
        filling.Wait();
    }

    protected override void Step()
    {
    }

    private static void Fill(CountdownEvent filling)
    {
        NativeLeak.Keep(6000);
        filling.Signal();
        Thread.Sleep(Timeout.Infinite);
    }
}

/// <summary>10 threads a second that wait for ever. The amount is how many there are.</summary>
internal sealed class WaitingThreads : Symptom
{
    private long _threads;

    public override long Amount => Volatile.Read(ref _threads);

    protected override void Step()
    {
        Volatile.Write(ref _threads, _threads + 1);
        new Thread(() => Thread.Sleep(Timeout.Infinite), maxStackSize: 256 * 1024) { IsBackground = true }.Start();
        Thread.Sleep(90);
    }
}
