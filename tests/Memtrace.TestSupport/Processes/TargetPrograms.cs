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

    /// <summary>Copies a program, so that it runs under a name that no other process has.</summary>
    /// <param name="program">Its own name.</param>
    /// <param name="name">The other one.</param>
    /// <param name="folder">Where to.</param>
    /// <returns>The executable.</returns>
    public static string CopyAs(string program, string name, ScratchFolder folder)
    {
        var executable = Executable(program);
        foreach (var file in Directory.GetFiles(System.IO.Path.GetDirectoryName(executable)!, $"{program}*"))
            File.Copy(file, folder.File(file == executable ? name : System.IO.Path.GetFileName(file)));
        return folder.File(name);
    }

    /// <summary>The command that runs a program.</summary>
    public static string[] Command(string name, params string[] arguments) => ["dotnet", Path(name), .. arguments];
}
