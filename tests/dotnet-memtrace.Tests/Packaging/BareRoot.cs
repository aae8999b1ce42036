namespace Memtrace.Tool.Tests.Packaging;

/// <summary>A root file system that holds the native tool, the libraries it is linked to, an empty /tmp and this machine's /proc, and nothing else.</summary>
internal sealed class BareRoot : IDisposable
{
    private const string MountProcAndEnter = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" /dotnet-memtrace \"$@\"";

    private readonly ScratchFolder _folder = new();

    private BareRoot()
    {
    }

    /// <summary>The words that start the tool in it. The mount is gone with the process.</summary>
    public IReadOnlyList<string> Command => ["unshare", "--mount", "sh", "-c", MountProcAndEnter, _folder.Path];

    /// <summary>Makes one.</summary>
    /// <param name="packaging">Where the tool comes from.</param>
    public static async Task<BareRoot> CreateAsync(PackagingFixture packaging)
    {
        var root = new BareRoot();
        await packaging.UnpackArchiveAsync(root._folder.Path);
        foreach (var folder in new[] { "proc", "tmp" })
            Directory.CreateDirectory(root.PathOf(folder));
        foreach (var library in await LibrariesAsync(root.PathOf("dotnet-memtrace")))
            root.Add(library);
        return root;
    }

    /// <summary>Where a path of it is on this machine.</summary>
    public string PathOf(string path) => Path.Combine(_folder.Path, path.TrimStart('/'));

    public void Dispose() => _folder.Dispose();

    // Lines such as "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f...)" and "/lib64/ld-linux-x86-64.so.2 (0x00007f...)".
    private static async Task<List<string>> LibrariesAsync(string program)
    {
        var ldd = await ChildProcess.RunAsync(["ldd", program]);
        return [.. ldd.Output.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith('/'))];
    }

    private void Add(string library)
    {
        var path = PathOf(library);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(library, path);
    }
}
