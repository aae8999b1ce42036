using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using Memtrace.Analysis.Symbols;

namespace Memtrace.Tests.Analysis.Symbols;

/// <summary>Finds lines of this assembly, whose portable PDB is beside it.</summary>
public sealed class SourceLinesTests : IDisposable
{
    private static readonly string Module = typeof(SourceLinesTests).Assembly.Location;
    private static readonly string Pdb = Path.ChangeExtension(Module, ".pdb");

    private readonly SourceLines _lines = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("memtrace-").FullName;

    public void Dispose()
    {
        _lines.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_line_is_near_where_another_one_is_possible()
    {
        var here = Here();
        var certain = _lines.Find(Module, PdbSignature(), here.Token, new ILRange(here.Offset, here.Offset));
        var either = _lines.Find(Module, PdbSignature(), here.Token, new ILRange(here.Offset, int.MaxValue));
        Assert.Equal(here.Location, certain);
        Assert.Equal(here.Location with { IsNear = true }, either);
    }

    [Fact]
    public void A_place_in_the_code_has_its_file_and_line()
    {
        var here = Here();

        Assert.Equal(here.Location, _lines.Find(Module, PdbSignature(), here.Token, here.Offset));
        Assert.Equal(here.Location, _lines.Find(Module, PdbSignature(), here.Token, here.Offset));
    }

    [Fact]
    public void Each_statement_of_a_method_has_its_line()
    {
        var first = TwoStatements(out var second);

        Assert.Equal(first.Location, _lines.Find(Module, PdbSignature(), first.Token, first.Offset));
        Assert.Equal(second.Location, _lines.Find(Module, PdbSignature(), second.Token, second.Offset));
        Assert.Equal(first.Location.Line + 1, second.Location.Line);
    }

    [Fact]
    public async Task The_code_of_an_async_method_has_the_lines_of_its_source()
    {
        await Task.Yield();
        var here = Here();

        Assert.Equal(here.Location, _lines.Find(Module, PdbSignature(), here.Token, here.Offset));
    }

    [Fact]
    public void Without_a_signature_the_module_says_which_pdb_is_its_own()
    {
        var here = Here();

        Assert.Equal(here.Location, _lines.Find(Module, Guid.Empty, here.Token, here.Offset));
    }

    [Fact]
    public void A_pdb_of_another_build_is_not_used()
    {
        var here = Here();

        Assert.Null(_lines.Find(Module, Guid.NewGuid(), here.Token, here.Offset));
    }

    [Fact]
    public void The_pdb_beside_a_module_that_is_gone_is_used_if_it_is_the_one_that_was_loaded()
    {
        var here = Here();
        var module = Copy(Pdb, "gone.pdb", ".dll");

        Assert.Equal(here.Location, _lines.Find(module, PdbSignature(), here.Token, here.Offset));
        Assert.Null(_lines.Find(module, Guid.Empty, here.Token, here.Offset));
    }

    [Fact]
    public void A_module_away_from_its_pdb_says_where_it_was_built()
    {
        var here = Here();
        var pdb = Path.Combine(_folder, "built", "elsewhere.pdb");
        Directory.CreateDirectory(Path.GetDirectoryName(pdb)!);
        File.Copy(Pdb, pdb);
        var module = WriteModule(directory => directory.AddCodeViewEntry(pdb, PdbId(), portablePdbVersion: 0x0100));

        Assert.Equal(here.Location, _lines.Find(module, PdbSignature(), here.Token, here.Offset));
        Assert.Equal(here.Location, _lines.Find(module, Guid.Empty, here.Token, here.Offset));
    }

    [Fact]
    public void An_embedded_pdb_is_used()
    {
        var here = Here();
        var module = WriteModule(directory =>
        {
            var pdb = new BlobBuilder();
            pdb.WriteBytes(File.ReadAllBytes(Pdb));
            directory.AddCodeViewEntry("nowhere.pdb", PdbId(), portablePdbVersion: 0x0100);
            directory.AddEmbeddedPortablePdbEntry(pdb, portablePdbVersion: 0x0100);
        });

        Assert.Equal(here.Location, _lines.Find(module, PdbSignature(), here.Token, here.Offset));
        Assert.Equal(here.Location, _lines.Find(module, Guid.Empty, here.Token, here.Offset));
        Assert.Null(_lines.Find(module, Guid.NewGuid(), here.Token, here.Offset));
    }

    [Fact]
    public void A_module_without_debug_information_has_no_lines() =>
        Assert.Null(_lines.Find(WriteModule(_ => { }), Guid.Empty, Here().Token, 0));

    [Theory]
    [InlineData(-1)]
    [InlineData(-2)]
    [InlineData(-3)]
    [InlineData(int.MinValue)]
    public void A_place_outside_of_the_code_has_no_line(int offset) =>
        Assert.Null(_lines.Find(Module, PdbSignature(), Here().Token, offset));

    [Fact]
    public void A_place_past_the_end_belongs_to_the_last_statement()
    {
        var only = OnlyStatement();

        Assert.Equal(only.Location, _lines.Find(Module, PdbSignature(), only.Token, int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0x06000000)]
    [InlineData(0x06FFFFFF)]
    [InlineData(0x02000002)]
    [InlineData(0x0A000001)]
    public void A_method_of_another_module_has_no_line(int token) =>
        Assert.Null(_lines.Find(Module, PdbSignature(), token, 0));

    [Theory]
    [InlineData("")]
    [InlineData("no such file.dll")]
    [InlineData("/")]
    [InlineData("/dev/zero")]
    [InlineData("\0")]
    [InlineData("Anonymously Hosted DynamicMethods Assembly")]
    public void A_module_that_is_not_a_file_has_no_lines(string module)
    {
        Assert.Null(_lines.Find(module, PdbSignature(), Here().Token, 0));
        Assert.Null(_lines.Find(module, Guid.Empty, Here().Token, 0));
    }

    [Fact]
    public void A_pdb_of_another_format_has_no_lines()
    {
        var module = Path.Combine(_folder, "windows.dll");
        File.WriteAllText(Path.ChangeExtension(module, ".pdb"), "Microsoft C/C++ MSF 7.00\r\n\u001aDS\0\0\0");

        Assert.Null(_lines.Find(module, PdbSignature(), Here().Token, 0));
    }

    [Fact]
    public void A_broken_pdb_or_module_never_throws()
    {
        var random = new Random(20260117);
        var embedded = WriteModule(directory =>
        {
            var pdb = new BlobBuilder();
            pdb.WriteBytes(File.ReadAllBytes(Pdb));
            directory.AddEmbeddedPortablePdbEntry(pdb, portablePdbVersion: 0x0100);
        });

        for (var i = 0; i < 30; i++)
        {
            TryAll(Break(random, Pdb, $"pdb{i}.pdb", ".dll"));
            TryAll(Break(random, embedded, $"embedded{i}.dll", ".dll"));
        }
    }

    private static void TryAll(string module)
    {
        using var lines = new SourceLines();
        for (var row = 1; row < 300; row++)
            _ = lines.Find(module, PdbSignature(), 0x06000000 + row, row);
    }

    // Cuts some copies, and changes some bytes of each, most of them near the beginning where the structure is.
    private string Break(Random random, string source, string name, string extension)
    {
        var bytes = File.ReadAllBytes(source);
        for (var i = random.Next(1, 40); i > 0; i--)
            bytes[random.Next(random.Next(2) == 0 ? bytes.Length : Math.Min(1024, bytes.Length))] = (byte)random.Next(256);

        var file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
        return Path.ChangeExtension(file, extension);
    }

    private string Copy(string source, string name, string extension)
    {
        var file = Path.Combine(_folder, name);
        File.Copy(source, file);
        return Path.ChangeExtension(file, extension);
    }

    // A module without any code, whose debug directory the test fills.
    private string WriteModule(Action<DebugDirectoryBuilder> fill)
    {
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString("made-up.dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddTypeDefinition(
            default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        var directory = new DebugDirectoryBuilder();
        fill(directory);

        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), new BlobBuilder(), debugDirectoryBuilder: directory)
            .Serialize(image);
        var file = Path.Combine(_folder, $"made-up{Directory.GetFiles(_folder).Length}.dll");
        File.WriteAllBytes(file, image.ToArray());
        return file;
    }

    private static BlobContentId PdbId()
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Pdb));
        return new BlobContentId(provider.GetMetadataReader().DebugMetadataHeader!.Id);
    }

    private static Guid PdbSignature() => PdbId().Guid;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static Place TwoStatements(out Place second)
    {
        var first = Here();
        second = Here();
        return first;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static Place OnlyStatement() => Here();

    // Where it is called from: the compiler's word for the line, the runtime's for the place in the IL.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Place Here([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var frame = new StackFrame(skipFrames: 1, needFileInfo: false);
        return new Place(new SourceLocation(file, line), frame.GetMethod()!.MetadataToken, frame.GetILOffset());
    }

    private sealed record Place(SourceLocation Location, int Token, int Offset);
}
