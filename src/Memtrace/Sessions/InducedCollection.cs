using Memtrace.Processes;

namespace Memtrace.Sessions;

/// <summary>Induces one full, blocking collection in a target.</summary>
internal static class InducedCollection
{
    /// <summary>Long enough for a large heap: the user has asked for the collection.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Induces the collection and waits for its end. Its effect is in the collections of a recording that is running.</summary>
    /// <param name="target">The process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops waiting; a collection that has begun continues.</param>
    /// <returns>False if the target did not answer in time.</returns>
    public static async Task<bool> RunAsync(Target target, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            using var session = await DiagnosticSession.StartAsync(target, SessionPlan.InducedCollection(), end.Token);
            await session.StopAsync(end.Token);
            return true;
        }
        catch (Exception exception) when (exception is TargetException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
