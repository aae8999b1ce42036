namespace Memtrace.TestSupport.Processes;

/// <summary>Finds the programs under tests/targets, which are built together with the tests.</summary>
internal static class TargetPrograms
{
    /// <summary>The path of a program's assembly, to be run with <c>dotnet</c>.</summary>
    public static string Path(string name)
    {
        // .../bin/CONFIGURATION/FRAMEWORK/
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Repository.PathOf("tests", "targets", name, "bin", output.Parent!.Name, output.Name, $"{name}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"The program {name} is not built.", path);
    }

    /// <summary>The path of a program's own executable.</summary>
    public static string Executable(string name) => System.IO.Path.ChangeExtension(Path(name), OperatingSystem.IsWindows() ? ".exe" : null);

    /// <summary>The command that runs a program.</summary>
    public static string[] Command(string name, params string[] arguments) => ["dotnet", Path(name), .. arguments];
}
