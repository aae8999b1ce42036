using Symptoms;

// Shows symptoms, each of one known cause:
//   Symptoms NAME...   prints "ready" and shows the named ones until standard input is closed;
//                      for each line that comes it says how much of each there is by then
//
//   leak         keeps small arrays                     native       keeps memory from malloc
//   arenas       keeps some in many malloc arenas       threads      starts threads that wait
//   midlife      objects die in generation 2            lohchurn     large arrays die at once
//   induced      calls GC.Collect                       finalizers   a finalizer never returns
//   pinned       pins what is young                     holes        leaves gaps between large arrays
//   released     lets much go, and collects             standstill   collects what lives, nearly all the time
//   unlooked     keeps arrays, has no full collections  code         compiles methods without end
//
// and what resembles one, but is none:
//
//   finalized    finalizers that return                 warmcode     compiles as many methods, but before it is ready
List<Symptom> symptoms = [.. args.Select(Symptom.Of)];
Console.WriteLine($"ready {Environment.ProcessId}");
symptoms.ForEach(symptom => symptom.Start());
while (await Console.In.ReadLineAsync() is not null)
    Console.WriteLine(string.Join(' ', symptoms.Select(symptom => symptom.Amount)));
