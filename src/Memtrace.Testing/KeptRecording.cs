namespace Memtrace.Testing;

/// <summary>A recording that is deleted when the process ends, unless a failure refers to it.</summary>
internal sealed class KeptRecording
{
    private static readonly Lock Lock = new();
    private static readonly HashSet<string> Unneeded = [];
    private static readonly string Folder = Directory.CreateTempSubdirectory("memtrace-tests-").FullName;
    private static int _count;

    static KeptRecording() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete();

    private KeptRecording(string file) => File = file;

    /// <summary>Its file.</summary>
    public string File { get; }

    /// <summary>Names a file for a recording.</summary>
    public static KeptRecording Create()
    {
        var file = Path.Combine(Folder, $"{Interlocked.Increment(ref _count)}.nettrace");
        lock (Lock)
            Unneeded.Add(file);
        return new KeptRecording(file);
    }

    /// <summary>Keeps it.</summary>
    /// <returns>Its file.</returns>
    public string Keep()
    {
        lock (Lock)
            Unneeded.Remove(File);
        return File;
    }

    private static void Delete()
    {
        lock (Lock)
        {
            try
            {
                foreach (var file in Unneeded)
                    System.IO.File.Delete(file);
                if (!Directory.EnumerateFileSystemEntries(Folder).Any())
                    Directory.Delete(Folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody has one of them open.
            }
        }
    }
}
