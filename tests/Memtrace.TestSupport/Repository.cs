namespace Memtrace.TestSupport;

/// <summary>The repository in which the tests run.</summary>
internal static class Repository
{
    private const string Solution = "dotnet-memtrace.sln";

    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The full path of a file or folder.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The files of a folder and those below, without what a build writes there.</summary>
    /// <param name="folder">Its full path.</param>
    /// <param name="pattern">What the names of the files match, such as <c>*.cs</c>.</param>
    public static IEnumerable<string> Sources(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Where(file => !IsBuilt(Path.GetRelativePath(folder, file)));

    private static bool IsBuilt(string path) => path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");

    private static string Find(string folder) => File.Exists(Path.Combine(folder, Solution))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests do not run inside the repository."));
}
