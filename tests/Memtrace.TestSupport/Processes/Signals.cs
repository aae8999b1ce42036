using System.Diagnostics;
using System.Globalization;

namespace Memtrace.TestSupport.Processes;

/// <summary>Sends signals by their names, and waits for what they do.</summary>
internal static class Signals
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Sends a signal such as <c>STOP</c>; does nothing when the process is gone.</summary>
    public static void Send(int processId, string name)
    {
        using var kill = ChildProcess.Start(["kill", $"-{name}", processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until a process is gone. An orphan may stay as a zombie until the machine's first process looks after it.</summary>
    public static async Task GoneAsync(int processId)
    {
        for (var begin = Stopwatch.GetTimestamp(); !IsGone(processId); await Task.Delay(PollInterval))
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, $"Process {processId} goes on.");
    }

    private static bool IsGone(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
