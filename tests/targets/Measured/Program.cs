using Memtrace;
using Memtrace.Processes;

// Measures itself while it allocates 20 MiB, and prints the result.
//   Measured DETAIL     of Totals, Allocations, Survival
//   stdout: allocated BYTES
//   stderr: why it cannot be measured; exit code 1
try
{
    var options = new MeasurementOptions { Detail = Enum.Parse<MeasurementDetail>(args[0]) };
    var memory = MemoryMeasurement.Run(Allocate, options).Memory;
    Console.WriteLine($"allocated {memory.AllocatedBytes}");
    return 0;
}
catch (TargetException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static void Allocate()
{
    for (var i = 0; i < 20; i++)
        GC.KeepAlive(new byte[1 << 20]);
}
