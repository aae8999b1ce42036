namespace Memtrace.Tool.Tests.Recordings;

/// <summary>Recordings of a program that allocates known amounts: twice the same, and once after a "fix" that leaves out some call sites.</summary>
public sealed class KnownRecordings : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-diff-");

    public string Before => File("before.nettrace");

    public string Again => File("again.nettrace");

    public string Fixed => File("fixed.nettrace");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public async ValueTask InitializeAsync()
    {
        await RecordAsync(Before, "--megabytes", "160");
        await RecordAsync(Again, "--megabytes", "160");
        await RecordAsync(Fixed, "--megabytes", "40", "--only", "SmallObjects,BoxedValues,FromLambda,FromAsync");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task RecordAsync(string file, params string[] arguments)
    {
        var result = await Tool.RunAsync(["collect", "--quiet", "-o", file, "--", "dotnet", TargetPrograms.Path("Known"), "--now", .. arguments]);
        Assert.True(result.ExitCode == ExitCode.Ok, result.Error);
    }
}
