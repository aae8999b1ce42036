namespace Memtrace.TestSupport.Requirements;

/// <summary>Finds programs and libraries of the machine.</summary>
internal static class Programs
{
    /// <summary>The names of browsers that can be driven.</summary>
    public static string[] Browsers { get; } = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The path of the jemalloc library; null if there is none.</summary>
    public static string? Jemalloc { get; } = Array.Find(
        ["/usr/lib/x86_64-linux-gnu/libjemalloc.so.2", "/usr/lib/aarch64-linux-gnu/libjemalloc.so.2", "/usr/lib64/libjemalloc.so.2"], File.Exists);

    /// <summary>The path of dotnet-gcdump, in PATH or in the folder that GCDUMP_FOLDER names; null if there is none.</summary>
    public static string? GcDump { get; } = Environment.GetEnvironmentVariable("GCDUMP_FOLDER") is { Length: > 0 } folder && File.Exists(Path.Combine(folder, "dotnet-gcdump"))
        ? Path.Combine(folder, "dotnet-gcdump")
        : Find("dotnet-gcdump");

    /// <summary>The path of the first of some programs that is in PATH; null if none is.</summary>
    public static string? Find(params string[] names) => (
        from name in names
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        let path = Path.Combine(folder, name)
        where File.Exists(path)
        select path).FirstOrDefault();
}
