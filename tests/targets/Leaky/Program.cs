using System.Runtime.InteropServices;
using Leaky;
using Targets;

// An order service that misbehaves: see OrderService.
//   --seconds N     runs that long; without it until standard input is closed or SIGTERM or SIGINT comes
//   --rate F        does F times the usual work (1: about 75 MB/s of allocation, 5 MB/s of growth)
//   --exit-code N   ends with N instead of 0
//   --cache N       caches the latest N orders: the leak of orders, mended
//   --warm          says that it is ready when it has called all methods of its work
var arguments = new Arguments(args);
var exitCode = (int)(arguments.Number("--exit-code") ?? 0);

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOn);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOn);

using var service = new OrderService(arguments.Number("--rate") ?? 1, (int?)arguments.Number("--cache"));
service.Start(stop.Token);
if (arguments.Has("--warm"))
    await service.Warm;
Console.WriteLine($"ready {Environment.ProcessId}");

if (arguments.Number("--seconds") is { } seconds)
    stop.CancelAfter(TimeSpan.FromSeconds(seconds));
else
    _ = Task.Run(Console.In.ReadToEnd).ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);

await service.Completion;
Console.WriteLine($"allocated {GC.GetTotalAllocatedBytes()}");
return exitCode;

void StopOn(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
