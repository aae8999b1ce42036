using System.Globalization;
using Hoard;
using Targets;

// Has leaked before anybody attaches: holds many objects in a way that is a common mistake, prints "ready COUNT", and waits until its standard input is closed.
//   Hoard LEAK... [--megabytes N]     of each leak named, N MB (default 20): events, cache, cancellation, dictionary, registry, ledger,
//                                     calls, names, timers, waste, pins, plugins (3 of them)
//   Hoard ... --throw                 then ends by an exception that nothing catches
//   Hoard ... --exhaust               then opens sessions until the memory is exhausted (DOTNET_GCHeapHardLimit)
var leaks = new Dictionary<string, Action<int>>
{
    ["events"] = static _ => GC.KeepAlive(new DashboardView()),
    ["cache"] = Catalog.Add,
    ["cancellation"] = static _ => Lifetime.Attach(new Request()),
    ["dictionary"] = SessionStore.Open,
    ["registry"] = static _ => Registry<Ticket>.Add(new Ticket()),
    ["ledger"] = static _ => Ledger.Add(new Page()),
    ["calls"] = static _ => GC.KeepAlive(Calls.BeginAsync()),
    ["names"] = Names.Add,
    ["timers"] = static _ => GC.KeepAlive(new Poller()),
    ["waste"] = Waste.Add,
    ["pins"] = Pins.Add,
    ["plugins"] = Plugins.Add,
};
var count = (int)((new Arguments(args).Number("--megabytes") ?? 20) * 1e6 / Sizes.Payload);
foreach (var leak in args.Where(leaks.ContainsKey))
    Enumerable.Range(0, count).ToList().ForEach(leaks[leak]);
if (args.Contains("--throw"))
    Failure.Throw();
for (var id = count; args.Contains("--exhaust"); id++)
    SessionStore.Open(id);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready {count}"));
await Console.In.ReadToEndAsync();
PriceFeed.Publish();
Lifetime.Stop();
return Catalog.Count + SessionStore.Count < 0 ? 1 : 0;
