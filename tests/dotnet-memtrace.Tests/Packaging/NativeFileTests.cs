using System.Buffers.Binary;

namespace Memtrace.Tool.Tests.Packaging;

/// <summary>The archive with the native file, where there is nothing but glibc: no .NET, no OpenSSL, no ICU, no libstdc++, no terminal database.</summary>
[Collection(PackagingTestGroup.Name)]
[Requires(Requirement.Root, Requirement.Clang)]
[Slow]
public sealed class NativeFileTests(PackagingFixture packaging)
{
    private const string Recording = "/tmp/leaky.nettrace";

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

    // Nothing to relocate at the start, and nothing to unpack: memory that the file does not fill is what static variables without a value take. (System V ABI: Elf64_Ehdr,
    // Elf64_Phdr.)
    [Fact]
    public async Task Its_data_is_ready_at_fixed_addresses()
    {
        using var root = await RootAsync();

        var file = await File.ReadAllBytesAsync(root.PathOf("dotnet-memtrace"), TestContext.Current.CancellationToken);

        const int Executable = 2, Load = 1;
        Assert.Equal(Executable, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(16)));
        var headers = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(32));
        var (size, count) = (BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(54)), BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(56)));
        var segments = Enumerable.Range(0, count).Select(index => file.AsMemory(headers + (index * size), size))
            .Where(segment => BinaryPrimitives.ReadInt32LittleEndian(segment.Span) == Load).ToList();
        var unfilled = segments.Sum(segment => BinaryPrimitives.ReadInt64LittleEndian(segment.Span[40..]) - BinaryPrimitives.ReadInt64LittleEndian(segment.Span[32..]));
        Assert.InRange(segments.Count, 2, count);
        Assert.InRange(unfilled, 0, 1 << 20);
    }

    [Fact]
    public async Task It_lists_and_records_processes_of_the_machine_from_there()
    {
        using var root = await RootAsync();
        using var leaky = await TargetProcess.LeakyAsync();

        var list = await Tool.RunBuildAsync(root.Command, "ps");
        var run = await Tool.RunBuildAsync(root.Command, "collect", "-p", $"{leaky.Id}", "-o", Recording, "--duration", "1s");

        list.HasExitCode(0);
        Assert.Matches($@"\n *{leaky.Id}  Leaky ", list.Output);
        run.HasExitCode(0);
        Assert.Contains("Leaky", run.Output, StringComparison.Ordinal);
        Assert.Contains(RecordingAssert.IsWhole(root.PathOf(Recording), "duration").Allocations.Sites, site => site.Site?.Method == "Leaky.ReportBuilder.Describe");
    }

    [Fact]
    public async Task It_reports_what_the_portable_build_reports()
    {
        using var root = await RootAsync();
        using var leaky = await TargetProcess.LeakyAsync();
        (await Tool.RunBuildAsync(root.Command, "collect", "-p", $"{leaky.Id}", "-o", Recording, "--duration", "1s", "--quiet")).HasExitCode(0);

        var inside = await Tool.RunBuildAsync(root.Command, "report", Recording);
        var native = await Tool.RunBuildAsync([root.PathOf("dotnet-memtrace")], "report", root.PathOf(Recording));
        var portable = await Tool.RunBuildAsync(Tool.PortableCommand, "report", root.PathOf(Recording));

        // Inside, the program's .pdb files are missing, so call sites have no lines.
        inside.HasExitCode(0);
        Assert.Contains("Allocations by call site", inside.Output, StringComparison.Ordinal);
        native.HasExitCode(0);
        Assert.Equal(portable.Output, native.Output);
    }

    [Fact]
    public async Task It_converts_to_every_format_as_the_portable_build_does()
    {
        using var root = await RootAsync();
        using var leaky = await TargetProcess.LeakyAsync();
        (await Tool.RunBuildAsync(root.Command, "collect", "-p", $"{leaky.Id}", "-o", Recording, "--duration", "1s", "--quiet")).HasExitCode(0);

        foreach (var format in new[] { "html", "pprof", "speedscope", "collapsed", "chromium", "csv", "json" })
        {
            (await Tool.RunBuildAsync(root.Command, "convert", Recording, "--format", format, "-o", $"/tmp/inside.{format}")).HasExitCode(0);
            Assert.Equal(await ConvertAsync(Tool.PortableCommand, "portable"), await ConvertAsync([root.PathOf("dotnet-memtrace")], "native"));

            async Task<byte[]> ConvertAsync(IReadOnlyList<string> command, string name)
            {
                var file = root.PathOf($"/tmp/{name}.{format}");
                (await Tool.RunBuildAsync(command, "convert", root.PathOf(Recording), "--format", format, "-o", file)).HasExitCode(0);
                return await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            }
        }

        (await Tool.RunBuildAsync(root.Command, "dump", Recording)).HasExitCode(0);
        (await Tool.RunBuildAsync(root.Command, "diff", Recording, Recording)).HasExitCode(0);
    }

    private Task<BareRoot> RootAsync() => BareRoot.CreateAsync(packaging);
}
