using System.Runtime.InteropServices;

namespace Memtrace.Reading;

/// <summary>A folder for temporary files, deleted when it is disposed or when a signal ends the program.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private static readonly PosixSignal[] EndingSignals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration[] _signals;
    private bool _isOver;

    /// <summary>Creates the folder.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    /// <exception cref="OperationCanceledException">A signal is ending the program.</exception>
    public TemporaryFolder()
    {
        // The default action of the signal, which ends the program, follows.
        _signals = [.. EndingSignals.Select(signal => PosixSignalRegistration.Create(signal, _ => Delete()))];
        lock (_lock)
        {
            if (_isOver)
                throw new OperationCanceledException();
            Path = Directory.CreateTempSubdirectory("dotnet-memtrace-").FullName;
        }
    }

    /// <summary>Its full path.</summary>
    public string Path { get; } = "";

    /// <summary>The full path of a file in it.</summary>
    /// <param name="name">The file's name.</param>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        Delete();
    }

    private void Delete()
    {
        lock (_lock)
        {
            if (!_isOver && Path.Length > 0)
                Delete(Path);
            _isOver = true;
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another program has one of its files open: not worth failing for.
        }
    }
}
