using System.Diagnostics;
using System.Globalization;

// Waits, and does nothing else.
//   Idle                     prints "ready" and waits until its standard input is closed
//   Idle sleep SECONDS       prints "ready" and waits that long
//   Idle exit CODE           prints "ready" and ends with the code
//   Idle parent COMMAND...   starts the command, waits for it, prints its exit code and ends with it
switch (args)
{
    case ["sleep", var seconds]:
        Console.WriteLine("ready");
        await Task.Delay(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
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
