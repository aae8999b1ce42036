namespace Memtrace.Tests.Footprint;

/// <summary>A temporary folder with fake files that serves as the root of a machine's file system.</summary>
internal sealed class FakeFiles : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("memtrace-").FullName;

    public string Proc => Folder + "/proc";

    public FakeFiles Add(string path, string text)
    {
        var file = Folder + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
