using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Idle;

// Waits, and does nothing else.
//   Idle                     prints "ready" and waits until its standard input is closed
//   Idle sleep SECONDS       prints "ready" and waits that long
//   Idle exit CODE           prints "ready" and ends with the code
//   Idle holding LIVE DEAD   holds LIVE arrays of 1 MiB, lets go of DEAD others that no collection can have found yet, prints "ready" and waits
//   Idle replacing LIVE      holds LIVE arrays of 1 MiB, prints "ready", and at a line puts arrays of references in the place of every other one and prints "replaced"
//   Idle contents            holds arrays and strings with known contents (Contents), prints "ready" and waits
//   Idle finalizable DEAD MS   lets go of DEAD objects with finalizers, each of which holds an array of 1 MiB and takes MS milliseconds to finalize
//   Idle signals             prints "ready", then "got N" at the Nth signal SIGUSR1, and waits
//   Idle uncollected DEAD    lets go of DEAD arrays of 1 MiB in a region without collections, prints "ready", waits for a line and prints the latency mode
//   Idle parent COMMAND...   starts the command, waits for it, prints its exit code and ends with it
switch (args)
{
    case ["sleep", var seconds]:
        Console.WriteLine("ready");
        await Task.Delay(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        return 0;
    case ["holding", var live, var dead]:
        var held = Arrays(live);
        Drop(dead);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        GC.KeepAlive(held);
        return 0;
    case ["replacing", var live]:
        var replaced = Replaceable(live);
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        ReplaceEveryOther(replaced);
        Console.WriteLine("replaced");
        await Console.In.ReadToEndAsync();
        GC.KeepAlive(replaced);
        return 0;
    case ["contents"]:
        var contents = Contents.Create();
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        GC.KeepAlive(contents);
        return 0;
    case ["finalizable", var dead, var finalizerMs]:
        Finalizable.Milliseconds = int.Parse(finalizerMs, CultureInfo.InvariantCulture);
        DropFinalizable(dead);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
    case ["signals"]:
        const int UserSignal = 10;
        var received = 0;
        using (PosixSignalRegistration.Create((PosixSignal)UserSignal, Count))
        {
            Console.WriteLine("ready");
            await Console.In.ReadToEndAsync();
        }

        return 0;

        // Otherwise it would end the process.
        void Count(PosixSignalContext context)
        {
            context.Cancel = true;
            Console.WriteLine($"got {++received}");
        }

    case ["uncollected", var dead]:
        GC.TryStartNoGCRegion(200 << 20);
        Arrays(dead);
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        Console.WriteLine(GCSettings.LatencyMode);
        return 0;
    case ["exit", var code]:
        Console.WriteLine("ready");
        return int.Parse(code, CultureInfo.InvariantCulture);
    case ["parent", var command, .. var arguments]:
        using (var child = Process.Start(command, arguments))
        {
            await child.WaitForExitAsync();
            Console.WriteLine($"child {child.ExitCode}");
            return child.ExitCode;
        }

    default:
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
}

// A separate method, so that nothing on the stack holds the arrays when it is over.
[MethodImpl(MethodImplOptions.NoInlining)]
static void Drop(string count)
{
    var arrays = Arrays(count);

    // A collection in the background that is still under way would find some of them dead.
    GC.Collect();
    GC.KeepAlive(arrays);
}

static byte[][] Arrays(string count) => [.. Enumerable.Range(0, int.Parse(count, CultureInfo.InvariantCulture)).Select(_ => Touched(new byte[1 << 20]))];

[MethodImpl(MethodImplOptions.NoInlining)]
static object[] Replaceable(string count) => [.. Arrays(count)];

[MethodImpl(MethodImplOptions.NoInlining)]
static void ReplaceEveryOther(object[] arrays)
{
    for (var i = 0; i < arrays.Length; i += 2)
        arrays[i] = "";
    GC.Collect();
    for (var i = 0; i < arrays.Length; i += 2)
    {
        var references = new object[(1 << 20) / IntPtr.Size];
        Array.Fill(references, "kept");
        arrays[i] = references;
    }
}

static byte[] Touched(byte[] array)
{
    array.AsSpan().Fill(1);
    return array;
}

// Old by the time that nothing holds them, so that no collection finds them before it is asked for.
[MethodImpl(MethodImplOptions.NoInlining)]
static void DropFinalizable(string count)
{
    var objects = Arrays(count).Select(array => new Finalizable(array)).ToArray();
    GC.Collect();
    GC.KeepAlive(objects);
}
