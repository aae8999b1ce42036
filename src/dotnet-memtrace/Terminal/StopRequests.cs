using System.Runtime.InteropServices;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// Everything by which a user ends a recording: Ctrl+C, Ctrl+\, SIGTERM, SIGHUP, the key q. The first request ends it in good order, a second Ctrl+C
/// leaves at once; the file is whole in either case.
/// </summary>
internal sealed class StopRequests : IDisposable
{
    /// <summary>The exit code of a program that Ctrl+C ended: 128 + SIGINT.</summary>
    private const int Interrupted = 130;
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _requested = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _leave;

    /// <param name="leave">What is to be done before leaving at once.</param>
    public StopRequests(Action leave)
    {
        _leave = leave;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal));
    }

    /// <summary>Is cancelled by the first request.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>The signal that asked for it, or null.</summary>
    public PosixSignal? Signal { get; private set; }

    /// <summary>Watches the keyboard for a q until a request came or the watch is over.</summary>
    /// <param name="over">Ends the watch.</param>
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
            // It is over, or there is no keyboard (any more).
        }
    }

    // Looking whether there is a key, unlike waiting for one, does not stop a process in the background of a shell.
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
