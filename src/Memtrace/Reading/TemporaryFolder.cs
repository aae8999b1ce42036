using System.Runtime.InteropServices;

namespace Memtrace.Reading;

/// <summary>
/// A folder for temporary files, deleted when it is disposed or when a signal ends the program. The next one removes what a killed program left: its lock is free.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "dotnet-memtrace-";
    private const string LockName = ".lock";

    // A process that writes into the folder may add a file while it is deleted.
    private const int DeleteAttempts = 3;

    private static readonly PosixSignal[] EndingSignals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly FileStream? _holder;
    private bool _isOver;

    /// <summary>Creates the folder.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    /// <exception cref="OperationCanceledException">A signal is ending the program.</exception>
    public TemporaryFolder()
    {
        RemoveAbandoned();

        // The default action of the signal, which ends the program, follows.
        _signals = [.. EndingSignals.Select(signal => PosixSignalRegistration.Create(signal, _ => Delete()))];
        try
        {
            lock (_lock)
            {
                if (_isOver)
                    throw new OperationCanceledException();
                Path = Directory.CreateTempSubdirectory(Prefix).FullName;
                _holder = new FileStream(File(LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            }
        }
        catch
        {
            // Without a lock, it would never count as abandoned.
            Dispose();
            throw;
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
            _holder?.Dispose();
            if (!_isOver && Path.Length > 0)
                Delete(Path);
            _isOver = true;
        }
    }

    private static void Delete(string folder)
    {
        for (var attempt = 0; attempt < DeleteAttempts && Directory.Exists(folder); attempt++)
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

    private static void RemoveAbandoned()
    {
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*").Where(IsAbandoned))
                Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder for temporary files cannot be listed.
        }
    }

    // Where others can write as well, only its owner can replace a folder by a link to another one while it is deleted.
    private static bool IsAbandoned(string folder)
    {
        try
        {
            if (OperatingSystem.IsLinux() && !FolderOwner.IsThisUser(folder))
                return false;
            using var holder = new FileStream(System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // In use, or just being created, or another program's.
            return false;
        }
    }
}
