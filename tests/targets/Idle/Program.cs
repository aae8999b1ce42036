using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Idle;

// Waits, and does nothing else.
//   Idle                     prints "ready" and waits until its standard input is closed
//   Idle sleep SECONDS       prints "ready" and waits that long
//   Idle exit CODE           prints "ready" and ends with the code
//   Idle holding LIVE DEAD   holds LIVE arrays of 1 MiB, lets go of DEAD others that no collection can have found yet, prints "ready" and waits
//   Idle finalizable DEAD MS   lets go of DEAD objects with finalizers, each of which holds an array of 1 MiB and takes MS milliseconds to finalize
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
    case ["finalizable", var dead, var finalizerMs]:
        Finalizable.Milliseconds = int.Parse(finalizerMs, CultureInfo.InvariantCulture);
        DropFinalizable(dead);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
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
