namespace Memtrace.TestSupport.Processes;

/// <summary>Finds the programs under tests/targets, which are built together with the tests.</summary>
internal static class TargetPrograms
{
    /// <summary>The path of a program's assembly, to be run with <c>dotnet</c>.</summary>
    public static string Path(string name)
    {
        // .../tests/THESE/bin/CONFIGURATION/FRAMEWORK/
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var tests = output.Parent!.Parent!.Parent!.Parent!;
        var path = System.IO.Path.Combine(tests.FullName, "targets", name, "bin", output.Parent.Name, output.Name, $"{name}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"The program {name} is not built.", path);
    }

    /// <summary>The path of a program's own executable.</summary>
    public static string Executable(string name) => System.IO.Path.ChangeExtension(Path(name), OperatingSystem.IsWindows() ? ".exe" : null);

    /// <summary>The command that runs a program.</summary>
    public static string[] Command(string name, params string[] arguments) => ["dotnet", Path(name), .. arguments];

    /// <summary>The repository's folder.</summary>
    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "dotnet-memtrace.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
        return folder.FullName;
    }
}
