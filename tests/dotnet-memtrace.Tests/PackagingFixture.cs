using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Memtrace.Tool.Tests;

/// <summary>
/// The tool's packages, made once for all tests with the command that makes the published ones, but for this machine's platform and the
/// portable one only: precompiling for another takes half a minute and shows nothing here.
/// </summary>
public sealed class PackagingFixture : IAsyncLifetime
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    /// <summary>This machine's platform in the names of packages.</summary>
    public static string Platform { get; } =
        (System.OperatingSystem.IsWindows() ? "win" : System.OperatingSystem.IsMacOS() ? "osx" : "linux") +
        $"-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>A folder of the test's own, removed after it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("memtrace-packaging-").FullName;

    /// <summary>The folder with the packages and nothing else.</summary>
    public string Packages => Path.Combine(Folder, "packages");

    public async ValueTask InitializeAsync()
    {
        var packed = await RunAsync(
            "dotnet",
            "pack", Path.Combine(Root, "src", "dotnet-memtrace"),
            "--configuration", "Release",
            "--output", Packages,
            "--artifacts-path", Path.Combine(Root, "artifacts", "packaging-tests"),
            $"--property:PrecompiledPlatforms={Platform}");
        Assert.True(packed.ExitCode == 0, packed.Output);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a command in <see cref="Folder"/> and waits for its end. Output is standard output, then standard error.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "dotnet-memtrace.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
