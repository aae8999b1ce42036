using System.Runtime.InteropServices;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// All ways in which a user ends a recording: Ctrl+C, Ctrl+\, SIGTERM, SIGHUP, the key q. The first request ends it properly, a second Ctrl+C exits at
/// once; the file is valid in both cases.
/// </summary>
internal sealed class StopRequests : IDisposable
{
    /// <summary>Exit code after Ctrl+C: 128 + SIGINT.</summary>
    private const int Interrupted = 130;
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _requested = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _leave;

    /// <summary>Registers the signal handlers.</summary>
    /// <param name="leave">Runs before exiting at once.</param>
    public StopRequests(Action leave)
    {
        _leave = leave;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal));
    }

    /// <summary>Cancelled by the first request.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>The signal that requested the stop, or null.</summary>
    public PosixSignal? Signal { get; private set; }

    /// <summary>Watches the keyboard for q until there is a request.</summary>
    /// <param name="over">Ends watching.</param>
    public async Task WatchKeysAsync(CancellationToken over)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over, Requested);
        try
        {
            while (true)
            {
                while (NextKey() is { } key)
                {
                    if (key.KeyChar is 'q' or 'Q')
                        await _requested.CancelAsync();
                }

                await Task.Delay(KeyInterval, end.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or IOException)
        {
            // Watching has ended, or there is no keyboard.
        }
    }

    // Polling for a key, unlike waiting for one, does not stop a background process of a shell.
    private static ConsoleKeyInfo? NextKey()
    {
        if (KeyReader.HasStarted)
            return KeyReader.Keys.TryRead(out var key) ? key : null;
        return Console.KeyAvailable ? Console.ReadKey(intercept: true) : null;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _requested.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_requested.IsCancellationRequested && context.Signal == PosixSignal.SIGINT)
        {
            _leave();
            Environment.Exit(Interrupted);
        }

        Signal ??= context.Signal;
        _requested.Cancel();
    }
}
