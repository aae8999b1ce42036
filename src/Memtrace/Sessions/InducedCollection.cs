using Memtrace.Processes;

namespace Memtrace.Sessions;

/// <summary>Has a target do one full, blocking collection.</summary>
internal static class InducedCollection
{
    /// <summary>What it may take, for it is asked for: some seconds on a large heap.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Asks for it and waits for its end. The collections of a recording that runs meanwhile tell what came of it.</summary>
    /// <returns>False where the target could not be asked, or did not answer in time.</returns>
    public static async Task<bool> RunAsync(Target target)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            using var session = await DiagnosticSession.StartAsync(target, SessionPlan.InducedCollection(), limit.Token);
            await session.StopAsync(limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is TargetException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
