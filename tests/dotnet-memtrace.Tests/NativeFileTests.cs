namespace Memtrace.Tool.Tests;

/// <summary>The archive with the native file, where there is nothing but glibc: no .NET, no OpenSSL, no ICU, no libstdc++, no terminal database.</summary>
[Collection(PackagingTestGroup.Name)]
public sealed class NativeFileTests(PackagingFixture packaging)
{
    [Fact]
    public async Task It_runs_where_there_is_only_glibc()
    {
        using var root = await RootAsync();

        var help = await Tool.RunBuildAsync(root.Command, "--help");
        var version = await Tool.RunBuildAsync(root.Command, "--version");

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.Equal((await Tool.RunBuildAsync(Tool.PortableCommand, "--help")).Output, help.Output);
        Assert.Equal((0, ""), (version.ExitCode, version.Error));
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
    }

    [Fact]
    public async Task It_lists_and_records_processes_of_the_machine_from_there()
    {
        using var root = await RootAsync();
        using var leaky = await TargetProcess.LeakyAsync();

        var list = await Tool.RunBuildAsync(root.Command, "ps");
        var run = await Tool.RunBuildAsync(root.Command, "collect", "-p", $"{leaky.Id}", "-o", "/tmp/leaky.nettrace", "--duration", "1s", "--quiet");

        list.HasExitCode(0);
        Assert.Matches($@"\n *{leaky.Id}  Leaky ", list.Output);
        run.HasExitCode(0);
        Assert.NotEmpty(RecordingAssert.IsWhole(root.PathOf("/tmp/leaky.nettrace"), "duration").Allocations.Sites);
    }

    [Fact]
    public async Task It_reports_what_the_portable_build_reports()
    {
        using var root = await RootAsync();
        using var leaky = await TargetProcess.LeakyAsync();
        (await Tool.RunBuildAsync(root.Command, "collect", "-p", $"{leaky.Id}", "-o", "/tmp/leaky.nettrace", "--duration", "1s", "--quiet")).HasExitCode(0);

        var native = await Tool.RunBuildAsync(root.Command, "report", "/tmp/leaky.nettrace");
        var portable = await Tool.RunBuildAsync(Tool.PortableCommand, "report", root.PathOf("/tmp/leaky.nettrace"));

        native.HasExitCode(0);
        Assert.Equal(portable.Output.Replace(root.PathOf("/tmp"), "/tmp", StringComparison.Ordinal), native.Output);
    }

    private async Task<BareRoot> RootAsync()
    {
        packaging.RequireNative();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can change the root file system.");
        return await BareRoot.CreateAsync(packaging);
    }
}
