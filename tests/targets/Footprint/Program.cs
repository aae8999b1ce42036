using Footprint;
using Targets;

// Holds known amounts of each kind of memory, every page of it touched, and waits.
//
//   stdout: ready            all of it is there, and the last collection was a full one
//   stdin:  a line           the tide turns: says "high" or "low"
//   stdin:  its end          ends with 0
//
//   --managed MB             small objects in generation 2          --loh MB, --poh MB      arrays on the large and the pinned object heap
//   --malloc-small MB        1000 bytes each, by the main thread    --malloc-large MB       8 MB each, each with its own mapping
//   --arena MB               1000 bytes each, by another thread     --mmap MB               private anonymous memory
//   --file MB                of a file, mapped                      --memfd MB, --sysv MB   shared memory without a name, and of System V
//   --paged-out MB           private anonymous memory that is swapped out, where there is swap
//   --tide MB                one block of malloc, at high tide only
//   --threads N              that wait                              --stack-kb KB           of each one's stack touched (64)
var arguments = new Arguments(args);
var held = new List<object>
{
    ManagedMemory.Small(Bytes("--managed")),
    ManagedMemory.Arrays(Bytes("--loh"), pinned: false),
    ManagedMemory.Arrays(Bytes("--poh"), pinned: true),
};
NativeMemoryOf.Malloc(Bytes("--malloc-small"), 1000);
NativeMemoryOf.Malloc(Bytes("--malloc-large"), 8 << 20);
NativeMemoryOf.Mmap(Bytes("--mmap"));
NativeMemoryOf.PagedOut(Bytes("--paged-out"));
NativeMemoryOf.File(Bytes("--file"));
NativeMemoryOf.Memfd(Bytes("--memfd"));
NativeMemoryOf.SystemV(Bytes("--sysv"));
using var threads = new WaitingThreads((int)(arguments.Number("--threads") ?? 0), (int)((arguments.Number("--stack-kb") ?? 64) * 1024));
threads.Do(() => NativeMemoryOf.Malloc(Bytes("--arena"), 1000));
GC.Collect();
Console.WriteLine("ready");
var tide = new Tide(Bytes("--tide"));
while (Console.ReadLine() is not null)
    Console.WriteLine(tide.Turn());
GC.KeepAlive(held);

long Bytes(string option) => (long)((arguments.Number(option) ?? 0) * (1 << 20));
