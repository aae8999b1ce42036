using System.Runtime.InteropServices;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// All ways in which a user ends a recording: Ctrl+C, Ctrl+\, SIGTERM, SIGHUP, the key q. The first request ends it properly, a second Ctrl+C exits at
/// once, or first cancels what is not needed for the recording; the file is valid in all cases.
/// </summary>
internal sealed class StopRequests : IDisposable
{
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _requested = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _leave;
    private readonly Lock _gate = new();
    private CancellationTokenSource? _optional;

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

    /// <summary>Does what a recording does not need to be complete: the next request cancels it, also one after that which ended the recording.</summary>
    /// <typeparam name="T">What it results in.</typeparam>
    /// <param name="work">Does it.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<T> RunOptionalAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var optional = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var request = Requested.IsCancellationRequested ? default : Requested.Register(optional.Cancel);
        SetOptional(optional);
        try
        {
            return await work(optional.Token);
        }
        finally
        {
            SetOptional(null);
        }
    }

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
        if (_requested.IsCancellationRequested && context.Signal == PosixSignal.SIGINT && !CancelOptional())
        {
            _leave();
            Environment.Exit(ExitCode.Cancelled);
        }

        Signal ??= context.Signal;
        _requested.Cancel();
    }

    private void SetOptional(CancellationTokenSource? optional)
    {
        lock (_gate)
            _optional = optional;
    }

    /// <summary>Cancels what is not needed.</summary>
    /// <returns>Whether there was any that was not cancelled before.</returns>
    private bool CancelOptional()
    {
        lock (_gate)
        {
            if (_optional is not { IsCancellationRequested: false } optional)
                return false;
            optional.Cancel();
            return true;
        }
    }
}
