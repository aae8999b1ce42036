namespace Memtrace.Testing;

/// <summary>A recording that is deleted when the process ends, unless a failure refers to it.</summary>
internal sealed class KeptRecording
{
    private static readonly Lock Lock = new();
    private static readonly HashSet<string> Unneeded = [];
    private static string? _folder;
    private static int _count;

    private KeptRecording(string file) => File = file;

    /// <summary>Its file.</summary>
    public string File { get; }

    /// <summary>Names a file for a recording.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static KeptRecording Create()
    {
        lock (Lock)
        {
            var file = Path.Combine(_folder ??= CreateFolder(), $"{++_count}.nettrace");
            Unneeded.Add(file);
            return new KeptRecording(file);
        }
    }

    /// <summary>Keeps it.</summary>
    /// <returns>Its file.</returns>
    public string Keep()
    {
        lock (Lock)
            Unneeded.Remove(File);
        return File;
    }

    private static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("memtrace-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(folder);
        return folder;
    }

    private static void Delete(string folder)
    {
        lock (Lock)
        {
            try
            {
                foreach (var file in Unneeded)
                    System.IO.File.Delete(file);
                if (!Directory.EnumerateFileSystemEntries(folder).Any())
                    Directory.Delete(folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody has one of them open.
            }
        }
    }
}
