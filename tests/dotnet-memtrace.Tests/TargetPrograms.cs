namespace Memtrace.Tool.Tests;

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
    public static string Executable(string name) => System.IO.Path.ChangeExtension(Path(name), System.OperatingSystem.IsWindows() ? ".exe" : null);
}
