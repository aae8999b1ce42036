using System.Diagnostics;
using System.Text.Json;
using Heap;
using Targets;

// Holds a heap of small objects, allocates at a fixed pace, has a background collection now and then, and says how long it was stopped.
//
//   stdout: ready PID           the heap is there, in generation 2
//   stdin:  go                  starts; may come again after it
//   stdout: done {json}         its throughput, stalls and pauses
//   stdin:  its end             ends with 0
//
//   --live-megabytes N   the heap (50)                      --rate MB     pace in MB/s (100)
//   --gap S              from the end of a background collection to the start of the next (0.5)
//   --seconds S          duration (10), or until a background collection is over
var arguments = new Arguments(args);
var gap = TimeSpan.FromSeconds(arguments.Number("--gap") ?? 0.5);
var duration = TimeSpan.FromSeconds(arguments.Number("--seconds") ?? 10);
var store = new NodeStore((long)((arguments.Number("--live-megabytes") ?? 50) * 1e6));
var churn = new Churn(store, (arguments.Number("--rate") ?? 100) * 1e6);
churn.Run(elapsed => elapsed.TotalSeconds < 0.1);
GC.Collect();
GC.Collect();
Console.WriteLine($"ready {Environment.ProcessId}");
while (Console.ReadLine() is "go")
    Console.WriteLine($"done {Run()}");

string Run()
{
    var watch = new StallWatch();
    var collections = new BackgroundCollections(gap);
    var clock = Stopwatch.StartNew();
    var bytes = churn.Run(elapsed => elapsed < duration || collections.Count == 0);
    var seconds = clock.Elapsed.TotalSeconds;
    watch.Stop();
    collections.Stop();
    return JsonSerializer.Serialize(new
    {
        seconds,
        bytesPerSecond = bytes / seconds,
        liveObjects = store.Objects,
        longestStallMs = watch.LongestStall.TotalMilliseconds,
        totalStallMs = watch.TotalStall.TotalMilliseconds,
        longestPauseMs = watch.LongestPause.TotalMilliseconds,
        totalPauseMs = watch.TotalPause.TotalMilliseconds,
        backgroundCollections = collections.Count,
    });
}
