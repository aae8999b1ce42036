namespace Memtrace.Bench;

/// <summary>A folder for recordings, removed at the end.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("memtrace-bench-").FullName;
    private int _count;

    public string NewFile() => Path.Combine(_path, $"{++_count}.nettrace");

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
