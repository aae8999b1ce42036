using System.Runtime.InteropServices;

namespace Symptoms;

/// <summary>10 MB/s from malloc, in pieces that its heap holds.</summary>
internal sealed unsafe class NativeLeak : Symptom
{
    protected override void Step() => Keep(100);

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

/// <summary>10 threads a second that wait for ever.</summary>
internal sealed class WaitingThreads : Symptom
{
    protected override void Step()
    {
        new Thread(() => Thread.Sleep(Timeout.Infinite), maxStackSize: 256 * 1024) { IsBackground = true }.Start();
        Thread.Sleep(90);
    }
}
