namespace Memtrace.Watching.Actions;

/// <summary>What to do when a condition is met. Immutable.</summary>
internal abstract record WatchAction;

/// <summary>Save the last minutes as a recording, and some time after the incident.</summary>
/// <param name="After">How long after the incident.</param>
internal sealed record SaveRecordingAction(TimeSpan After) : WatchAction
{
    /// <summary>The default of that time.</summary>
    public static readonly TimeSpan DefaultAfter = TimeSpan.FromSeconds(30);
}

/// <summary>Take a snapshot of the heap.</summary>
internal sealed record TakeHeapAction : WatchAction;

/// <summary>Have the runtime write a core dump of its process.</summary>
internal sealed record WriteCoreAction : WatchAction;

/// <summary>Run a command.</summary>
/// <param name="Command">A command line for the shell.</param>
internal sealed record RunCommandAction(string Command) : WatchAction;

/// <summary>Send the facts to a server.</summary>
/// <param name="Address">Where to, http or https.</param>
internal sealed record CallWebhookAction(Uri Address) : WatchAction;
