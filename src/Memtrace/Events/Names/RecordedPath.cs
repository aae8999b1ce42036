namespace Memtrace.Events.Names;

/// <summary>Paths in recordings and snapshots, which can come from another operating system: either separator ends a folder.</summary>
internal static class RecordedPath
{
    /// <summary>The name of the file, with its extension.</summary>
    /// <param name="path">Its path.</param>
    public static string FileName(string path) => path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
}
