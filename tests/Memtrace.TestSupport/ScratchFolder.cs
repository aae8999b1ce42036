namespace Memtrace.TestSupport;

/// <summary>A folder of a test's own, removed after it.</summary>
/// <param name="prefix">What its name begins with.</param>
internal sealed class ScratchFolder(string prefix = "memtrace-test-") : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory(prefix);

    public string Path => _folder.FullName;

    /// <summary>The recording that a test makes.</summary>
    public string Recording => File("recording.nettrace");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
