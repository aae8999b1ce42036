using System.Diagnostics;

namespace Symptoms;

/// <summary>Something that goes wrong, a step each 10 ms.</summary>
internal abstract class Symptom
{
    /// <summary>Milliseconds from one step to the next.</summary>
    private const int Pace = 10;

    private static readonly Dictionary<string, Func<Symptom>> Named = new(StringComparer.Ordinal)
    {
        ["leak"] = () => new Leak(),
        ["native"] = () => new NativeLeak(),
        ["arenas"] = () => new Arenas(),
        ["threads"] = () => new WaitingThreads(),
        ["midlife"] = () => new MidLife(),
        ["lohchurn"] = () => new LargeChurn(),
        ["holes"] = () => new Holes(),
        ["induced"] = () => new Induced(),
        ["finalizers"] = () => new Unfinalized(),
        ["pinned"] = () => new Pinned(),
        ["finalized"] = () => new Finalized(),
        ["unlooked"] = () => new Unlooked(),
        ["released"] = () => new Released(),
        ["standstill"] = () => new Standstill(),
        ["code"] = () => new GrowingCode(),
        ["warmcode"] = () => new WarmCode(),
    };

    /// <summary>How much of it there is by now, in the unit that its class says; 0 if there is nothing to count. Read from another thread.</summary>
    public virtual long Amount => 0;

    /// <summary>Makes one, ready for its first step.</summary>
    public static Symptom Of(string name) => Named[name]();

    /// <summary>Shows it from now on, on its own thread.</summary>
    public void Start()
    {
        var thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

    /// <summary>Whether steps that come late are made up for: then there is as much of it a second on a busy machine as on any other.</summary>
    protected virtual bool KeepsPace => false;

    private void Run()
    {
        var clock = Stopwatch.StartNew();
        for (long steps = 0; ; Thread.Sleep(Pace))
        {
            for (var due = KeepsPace ? Math.Max(steps + 1, clock.ElapsedMilliseconds / Pace) : steps + 1; steps < due; steps++)
                Step();
        }
    }

    /// <summary>One step. Inlined it would have no frame of its own.</summary>
    protected abstract void Step();
}
