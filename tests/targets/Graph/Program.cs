using Graph;
using Targets;

// Builds a heap whose content is known exactly, and waits: the ground truth of snapshots.
//
//   stdout: ready PID           the heap is there
//   stdout: truth {json}        objects and bytes by type, and what roots keep alive
//   stdin:  stall               begins to watch for stops
//   stdout: stall MS            at the next line: the longest stop since
//   stdin:  its end             ends
//
//   --objects N   so many more objects (0)    --churn   a thread allocates all the time, and replaces what it holds
//   --arrays MB   so many MB of arrays without references (0)
//   --dead N      this many objects with finalizers that nothing holds (0)
//
// Which collector it has is for the environment to say: DOTNET_gcServer, DOTNET_gcConcurrent, ...
var arguments = new Arguments(args);
var truth = new Truth();
new Builder(truth).BuildAll();
var parked = new ParkedThread(truth);
Bulk.Build((long)(arguments.Number("--objects") ?? 0));
Bulk.BuildArrays((int)(arguments.Number("--arrays") ?? 0));
if (arguments.Has("--churn"))
    new Thread(Churn) { IsBackground = true, Name = "churn" }.Start();
GC.Collect();
GC.WaitForPendingFinalizers();
GC.Collect();
LeaveDead((int)(arguments.Number("--dead") ?? 0));
Console.WriteLine($"ready {Environment.ProcessId}");
Console.WriteLine($"truth {truth.ToJson()}");
while (Console.ReadLine() is { } line)
{
    if (line != "stall")
        continue;
    var watch = new Heap.StallWatch();
    Console.ReadLine();
    watch.Stop();
    Console.WriteLine($"stall {watch.LongestStall.TotalMilliseconds}");
}

GC.KeepAlive(parked);

static void Churn()
{
    var held = new object[1000];
    for (var i = 0L; ; i++)
        held[i % held.Length] = new byte[i % 500];
}

static void LeaveDead(int count)
{
    for (var i = 0; i < count; i++)
        _ = new WithFinalizer { Value = i };
}
