using Known;
using Targets;

// Allocates exactly known numbers of objects from known methods, and prints them: the ground truth for tests and benchmarks.
//
//   stdout: ready PID           types are loaded, the counts are zero
//   stdin:  go                  starts a workload; may come again after it
//   stdout: done {json}         WorkloadResult
//   stdin:  exit, or its end    ends with 0
//
//   --megabytes N    volume (200)              --rate MB     pace in MB/s, together (unlimited)
//   --threads N      threads that allocate (2) --seconds N   ends then at the latest; without --megabytes: just then
//   --only A,B       these sites only          --now         does not wait: runs once and ends
//
// Ends with 1 if the runtime's own counters disagree with the computed sizes.
try
{
    var arguments = new Arguments(args);
    var workload = new Workload(WorkloadOptions.Parse(arguments));
    workload.WarmUp();
    Console.WriteLine($"ready {Environment.ProcessId}");
    if (arguments.Has("--now"))
        Run(workload);

    while (!arguments.Has("--now") && Console.ReadLine() is { } command && command != "exit")
    {
        if (command == "go")
            Run(workload);
    }

    return 0;
}
catch (Exception failure) when (failure is AggregateException or FormatException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}

static void Run(Workload workload) => Console.WriteLine($"done {workload.Run().ToJson()}");
