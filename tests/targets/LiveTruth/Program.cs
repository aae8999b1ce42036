using LiveTruth;
using Targets;

// Keeps exactly known objects alive and prints which: the ground truth of the live heap.
//
//   stdout: ready PID           types are loaded, nothing is held
//   stdin:  go                  starts
//   stdout: mark {json}         what is reachable: by type and method, with the time; then waits
//   stdin:  (a line)            goes on to the next mark: fill, burst, released, end
//   stdout: done                ends at the next line
//
//   --threads N      threads that allocate (2)    --steps N     steps between two marks, of about 150 KB a thread (1500)
//   --floating       a burst, then more garbage than it in old generations; marks: burst, floated
//   --background     marks after background collections; else after blocking ones
//
// Which collector it has is for the environment to say: DOTNET_gcServer, DOTNET_gcConcurrent, DOTNET_GCName, DOTNET_GCHeapCount, ...
var arguments = new Arguments(args);
var steps = (int)(arguments.Number("--steps") ?? 1500);
var background = arguments.Has("--background");
if (arguments.Has("--floating"))
{
    Console.WriteLine($"ready {Environment.ProcessId}");
    Console.ReadLine();
    new FloatingGarbage().Run();
    Console.WriteLine("done");
    Console.ReadLine();
    return;
}

WarmUp();
var workers = Enumerable.Range(0, (int)(arguments.Number("--threads") ?? 2)).Select(_ => new Worker()).ToList();
GC.Collect();
Console.WriteLine($"ready {Environment.ProcessId}");
Console.ReadLine();

Phase("fill");
workers.ForEach(worker => worker.OpenBurst());
Phase("burst");
workers.ForEach(worker => worker.ReleaseBurst());
Phase("released");
Phase("end");
Console.WriteLine("done");
Console.ReadLine();

void Phase(string name)
{
    var threads = workers.ConvertAll(worker => new Thread(() => worker.Run(steps)));
    threads.ForEach(thread => thread.Start());
    threads.ForEach(thread => thread.Join());
    Console.WriteLine($"mark {Mark.Take(name, workers, background)}");
    Console.ReadLine();
}

// Loads the types and compiles the methods.
static void WarmUp()
{
    var worker = new Worker();
    worker.OpenBurst();
    worker.Run(40);
    _ = Mark.Take("warm-up", [worker], background: false);
}
