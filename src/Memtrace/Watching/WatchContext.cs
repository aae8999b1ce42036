using Memtrace.Watching.Continuous;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>What the watches of all processes share.</summary>
/// <param name="Options">What to watch for.</param>
/// <param name="Ledger">How often rules may act.</param>
/// <param name="Responder">Acts.</param>
/// <param name="Upload">Sends profiles; null for none.</param>
/// <param name="Log">Receives a line about each event; from any thread.</param>
/// <param name="Time">The clock.</param>
internal sealed record WatchContext(
    WatchOptions Options, FiringLedger Ledger, IncidentResponder Responder, ProfileUpload? Upload, Action<string> Log, TimeProvider Time);
