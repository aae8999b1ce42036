using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Memtrace.TestSupport.Processes;

/// <summary>The runtimes that the programs under tests/targets run on: the installed one, and others that a self-contained program brings along.</summary>
public static class TargetRuntimes
{
    /// <summary>The others, by major version. .NET 11 runs what is compiled for .NET 10: compiling for it takes its SDK.</summary>
    private static readonly Dictionary<int, (string Framework, string Version)> SelfContained = new()
    {
        [8] = ("net8.0", "8.0.33"),
        [9] = ("net9.0", "9.0.22"),
        [11] = ("net10.0", "11.0.0"),
    };

    private static readonly ConcurrentDictionary<(int Major, string Program, bool IsFile), Lazy<Task<string>>> Published = [];
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>The major version of the installed runtime.</summary>
    public static int Installed => Environment.Version.Major;

    /// <summary>The major versions of all of them, for theories.</summary>
    public static TheoryData<int> All => [.. SelfContained.Keys.Append(Installed).Order()];

    /// <summary>The same without the installed one.</summary>
    public static TheoryData<int> Others => [.. SelfContained.Keys.Order()];

    /// <summary>The command that runs a program on a runtime. It is published on demand, once in a test run.</summary>
    /// <param name="major">The runtime's major version.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    internal static async Task<string[]> CommandAsync(int major, string program, params string[] arguments) => major == Installed
        ? TargetPrograms.Command(program, arguments)
        : [await PublishedAsync(major, program, isFile: false), .. arguments];

    /// <summary>The command that runs a program which is one file with its runtime.</summary>
    /// <inheritdoc cref="CommandAsync"/>
    internal static async Task<string[]> SingleFileCommandAsync(int major, string program, params string[] arguments) =>
        [await PublishedAsync(major, program, isFile: true), .. arguments];

    private static Task<string> PublishedAsync(int major, string program, bool isFile) =>
        Published.GetOrAdd((major, program, isFile), key => new(() => PublishAsync(key.Major, key.Program, key.IsFile))).Value;

    private static async Task<string> PublishAsync(int major, string program, bool isFile)
    {
        var (framework, version) = SelfContained[major];
        var platform = RuntimeInformation.RuntimeIdentifier;

        // An artifacts path of its own: this restore must not touch obj/ of the normal build.
        var artifacts = Repository.PathOf("artifacts", "targets", version, isFile ? "file" : "folder");
        await OneAtATime.WaitAsync();
        try
        {
            var publish = await ChildProcess.RunAsync([
                "dotnet", "publish", Repository.PathOf("tests", "targets", program), "--configuration", "Release", "--runtime", platform, "--self-contained",
                "--artifacts-path", artifacts, "--disable-build-servers", "--verbosity", "quiet",
                $"--property:ProgramFramework={framework}", $"--property:RuntimeFrameworkVersion={version}", $"--property:PublishSingleFile={isFile}",
            ]);
            if (publish.ExitCode != 0)
                RequirementCheck.IsNotMet(Requirement.OtherRuntimes, $"{program} cannot be published for .NET {version}: {publish.Output}");
            return Path.Combine(artifacts, "publish", program, $"release_{platform}", program);
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
