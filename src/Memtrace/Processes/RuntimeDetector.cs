namespace Memtrace.Processes;

/// <summary>Detects how .NET is deployed in a process, from its mapped files and its executable.</summary>
internal static class RuntimeDetector
{
    public static RuntimeKind Detect(LinuxProcess process)
    {
        if (process.Executable is null || process.MappedFiles() is not { } files)
            return RuntimeKind.Unknown;
        try
        {
            if (files.Any(file => file.Contains("/libcoreclr.so", StringComparison.Ordinal)))
                return RuntimeKind.SharedLibrary;
            using var executable = File.OpenRead(process.PathOf("exe"));
            return Detect(executable);
        }
        catch (Exception exception) when (LinuxProcess.IsExpected(exception))
        {
            return RuntimeKind.Unknown;
        }
    }

    /// <summary>Whether the program was compiled ahead of time; null if it cannot be inspected.</summary>
    public static bool? IsAheadOfTime(LinuxProcess process) => Detect(process) switch
    {
        RuntimeKind.NativeAot => true,
        RuntimeKind.SharedLibrary or RuntimeKind.SingleFile => false,
        _ => null,
    };

    /// <summary>
    /// Looks for .NET's marks in an executable: the export by which debuggers recognize a single-file application, and the section and the
    /// export of a NativeAOT one.
    /// </summary>
    public static RuntimeKind Detect(Stream executable)
    {
        if (ElfFile.Read(executable) is not { } elf)
            return RuntimeKind.None;
        if (elf.HasSection("__managedcode") || elf.HasDynamicName("DotNetRuntimeDebugHeader"))
            return RuntimeKind.NativeAot;
        return elf.HasDynamicName("DotNetRuntimeInfo") ? RuntimeKind.SingleFile : RuntimeKind.None;
    }
}
