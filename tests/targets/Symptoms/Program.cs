using Symptoms;

// Shows symptoms, each of one known cause:
//   Symptoms NAME...   prints "ready" and shows the named ones until standard input is closed
//
//   leak         keeps small arrays                     native       keeps memory from malloc
//   arenas       keeps some in many malloc arenas       threads      starts threads that wait
//   midlife      objects die in generation 2            lohchurn     large arrays die at once
//   induced      calls GC.Collect                       finalizers   a finalizer never returns
//   pinned       pins what is young                     holes        leaves gaps between large arrays
List<Symptom> symptoms = [.. args.Select(Symptom.Of)];
Console.WriteLine($"ready {Environment.ProcessId}");
symptoms.ForEach(symptom => symptom.Start());
await Console.In.ReadToEndAsync();
