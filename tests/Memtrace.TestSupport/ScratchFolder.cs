namespace Memtrace.TestSupport;

/// <summary>A folder of a test's own, removed after it.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-collect-");

    public string Path => _folder.FullName;

    /// <summary>The recording that a test makes.</summary>
    public string Recording => File("recording.nettrace");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
