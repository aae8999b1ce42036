namespace Memtrace.Recording.Buffering;

/// <summary>A temporary file without a name: no other process can open it.</summary>
internal static class UnnamedFile
{
    /// <summary>Creates the file.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), $"dotnet-memtrace-{Environment.ProcessId}-{Guid.NewGuid():N}.buffer");
        var file = RecordingFile.Create(path);

        // Nothing is left behind, however this process ends. Windows deletes the file when it is closed.
        File.Delete(path);
        return file;
    }
}
