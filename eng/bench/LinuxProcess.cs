using System.Globalization;

namespace Memtrace.Bench;

/// <summary>What /proc says about a process. Figures are 0 when the process is gone.</summary>
internal readonly record struct LinuxProcess(int Id)
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system time, in seconds, to the hundredth.</summary>
    public double CpuSeconds
    {
        get
        {
            // The second field is the name in brackets and may hold spaces; utime and stime are the 12th and 13th after it.
            var stat = Read("stat");
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length == 0 ? 0 : (Parse(fields[11]) + Parse(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>The resident set, in bytes.</summary>
    public double Rss => Status("VmRSS:");

    /// <summary>The largest resident set so far, in bytes.</summary>
    public double PeakRss => Status("VmHWM:");

    /// <summary>The largest resident set so far, its own or a child's, or what all of them have now, if that is more: in bytes. They are not largest at one time.</summary>
    public double PeakRssOfTree
    {
        get
        {
            var children = Children.ToList();
            return Math.Max(Rss + children.Sum(child => child.Rss), children.Select(child => child.PeakRss).Append(PeakRss).Max());
        }
    }

    /// <summary>Its only child.</summary>
    public LinuxProcess OnlyChild => Children.Single();

    // The kernel lists them by the thread that started them.
    private IEnumerable<LinuxProcess> Children
    {
        get
        {
            foreach (var thread in Threads)
            {
                foreach (var id in Read($"task/{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    yield return new LinuxProcess(int.Parse(id, CultureInfo.InvariantCulture));
            }
        }
    }

    private string[] Threads
    {
        get
        {
            try
            {
                return [.. Directory.GetDirectories($"/proc/{Id}/task").Select(folder => Path.GetFileName(folder))];
            }
            catch (IOException)
            {
                return [];
            }
        }
    }

    private double Status(string name)
    {
        var line = Read("status").Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    private string Read(string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{Id}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
