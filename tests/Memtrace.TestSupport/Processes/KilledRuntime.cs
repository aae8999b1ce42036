namespace Memtrace.TestSupport.Processes;

/// <summary>What a runtime leaves in the temp folder when it is killed: its diagnostic socket, and the pipes of its debugger.</summary>
internal static class KilledRuntime
{
    /// <summary>Removes them. The process must be gone.</summary>
    public static void CleanUp(int processId)
    {
        string[] names = [$"dotnet-diagnostic-{processId}-*-socket", $"clr-debug-pipe-{processId}-*"];
        foreach (var file in names.SelectMany(name => Directory.GetFiles("/tmp", name)))
            File.Delete(file);
    }
}
