using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Memtrace.Tool.Tests.Packaging;

/// <summary>
/// The tool's packages, made once for all tests by the script that makes the published ones, but for this machine's platform and the
/// portable one only: precompiling for another takes half a minute and shows nothing here.
/// </summary>
public sealed class PackagingFixture : IAsyncLifetime
{
    /// <summary>The environment variable with a folder in which eng/package.sh has made the packages already.</summary>
    private const string Variable = "MEMTRACE_PACKAGES";

    /// <summary>This machine's platform in the names of packages.</summary>
    public static string Platform { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") +
        $"-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>A folder of the test's own, removed after it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("memtrace-packaging-").FullName;

    /// <summary>The folder with the packages.</summary>
    public string Packages { get; private set; } = "";

    /// <summary>The archive with the native file, which is made with its package.</summary>
    private string Archive => Path.Combine(Packages, $"dotnet-memtrace-{Platform}.tar.gz");

    public async ValueTask InitializeAsync()
    {
        Packages = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : await PackAsync();
    }

    /// <summary>Unpacks the archive into a folder.</summary>
    public async Task UnpackArchiveAsync(string folder)
    {
        var unpacked = await RunAsync("tar", "--extract", "--gzip", "--file", Archive, "--directory", folder);
        Assert.True(unpacked.ExitCode == 0, unpacked.Output);
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
        using var process = ChildProcess.Start(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private async Task<string> PackAsync()
    {
        var root = Repository.Root;
        var packages = Path.Combine(Folder, "packages");
        var packed = await RunAsync(
            Path.Combine(root, "eng", "package.sh"),
            packages,
            "--artifacts-path", Path.Combine(root, "artifacts", "packaging-tests"),
            $"--property:PrecompiledPlatforms={(HasCompiler ? "" : Platform)}");
        Assert.True(packed.ExitCode == 0, packed.Output);
        return packages;
    }

    /// <summary>Whether this platform's package is a native one: eng/Native.targets decides by the same file.</summary>
    private static bool HasCompiler => OperatingSystem.IsLinux() && File.Exists("/usr/bin/clang");
}
