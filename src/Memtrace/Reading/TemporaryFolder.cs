using System.Runtime.InteropServices;

namespace Memtrace.Reading;

/// <summary>A folder for files that nobody needs afterwards. It is deleted when it is disposed, and when a signal ends the program before that.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private static readonly PosixSignal[] EndingSignals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Creates the folder.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be created.</exception>
    public TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory("dotnet-memtrace-").FullName;

        // The signal's default action, which ends the program, follows.
        _signals = [.. EndingSignals.Select(signal => PosixSignalRegistration.Create(signal, _ => Delete()))];
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

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
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone already, or another program holds a file of it open: no reason to fail.
        }
    }
}
