using System.Text.RegularExpressions;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Symbols;

public sealed class CodeOwnershipTests : IDisposable
{
    private readonly SourceLines _lines = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-");

    public void Dispose()
    {
        _lines.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/WindowsBase.dll", FrameOrigin.Framework)]
    [InlineData(@"C:\Program Files\dotnet\shared\Microsoft.AspNetCore.App\9.0.0\Any.dll", FrameOrigin.Framework)]
    [InlineData("/opt/dotnet/shared/Contoso.Platform.App/2.1.0/Contoso.Web.dll", FrameOrigin.Framework)]
    [InlineData("/app/shared/Shop.dll", FrameOrigin.User)]
    [InlineData("/app/System.Private.CoreLib.dll", FrameOrigin.Framework)]
    [InlineData("/app/Microsoft.Extensions.Hosting.dll", FrameOrigin.Framework)]
    [InlineData("/app/FSharp.Core.dll", FrameOrigin.Framework)]
    [InlineData("/home/me/.nuget/packages/newtonsoft.json/13.0.3/lib/net6.0/Newtonsoft.Json.dll", FrameOrigin.Framework)]
    [InlineData("/app/Systematic.dll", FrameOrigin.User)]
    [InlineData("Anonymously Hosted DynamicMethods Assembly", FrameOrigin.Framework)]
    [InlineData("RefEmit_InMemoryManifestModule", FrameOrigin.Framework)]
    [InlineData("DynamicProxyGenAssembly2", FrameOrigin.Framework)]
    [InlineData("", FrameOrigin.Framework)]
    public void Modules_are_told_apart_by_folder_and_name(string path, FrameOrigin expected)
    {
        Assert.Equal(expected, Ownership().OriginOf("Any.Method", "Any", Module(path)));
    }

    [Theory]
    [InlineData("System.String", FrameOrigin.Framework)]
    [InlineData("dynamicClass", FrameOrigin.Framework)]
    [InlineData("MyApp.Cache", FrameOrigin.User)]
    public void Without_a_module_the_type_decides(string type, FrameOrigin expected)
    {
        Assert.Equal(expected, Ownership().OriginOf($"{type}.Method", type, null));
    }

    [Fact]
    public void A_dynamic_method_is_generated_code_whatever_module_it_is_attached_to()
    {
        Assert.Equal(FrameOrigin.Framework, Ownership("Shop").OriginOf("dynamicClass.lambda_method143", "dynamicClass", Module("/app/Shop.dll")));
    }

    [Fact]
    public void The_entry_assembly_is_the_users_even_if_it_is_named_like_a_framework()
    {
        var ownership = Ownership("Microsoft.Shop");

        Assert.Equal(FrameOrigin.User, ownership.OriginOf("Any.Method", "Any", Module("/app/Microsoft.Shop.dll")));
        Assert.Equal(FrameOrigin.Framework, ownership.OriginOf("Any.Method", "Any", Module("/app/Microsoft.Other.dll")));
        Assert.Equal([new OwnModule("Microsoft.Shop.dll", OwnershipEvidence.EntryAssembly)], ownership.OwnModules);
    }

    [Fact]
    public void The_list_of_dependencies_tells_packages_from_projects()
    {
        var entry = Path.Combine(_folder.FullName, "Shop.dll");
        File.WriteAllText(Path.ChangeExtension(entry, ".deps.json"), """
            {
              "targets": { "net10.0": {
                "Shop/1.0.0": { "runtime": { "Shop.dll": {} } },
                "Newtonsoft.Json/13.0.3": { "runtime": { "lib/net6.0/Newtonsoft.Json.dll": {} } },
                "Native/1.0.0": { "runtimeTargets": { "runtimes/linux-x64/lib/net8.0/Native.Bindings.dll": {} } },
                "Microsoft.Shop.Core/1.0.0": { "runtime": { "Microsoft.Shop.Core.dll": {} } } } },
              "libraries": {
                "Shop/1.0.0": { "type": "project" },
                "Newtonsoft.Json/13.0.3": { "type": "package" },
                "Native/1.0.0": { "type": "package" },
                "Microsoft.Shop.Core/1.0.0": { "type": "project" } }
            }
            """);
        var ownership = Ownership("Shop");
        ownership.Learn([Module(entry)]);

        FrameOrigin Of(string name) => ownership.OriginOf("Any.Method", "Any", Module(Path.Combine(_folder.FullName, name)));
        Assert.Equal(FrameOrigin.User, Of("Shop.dll"));
        Assert.Equal(FrameOrigin.Framework, Of("Newtonsoft.Json.dll"));
        Assert.Equal(FrameOrigin.Framework, Of("Native.Bindings.dll"));
        Assert.Equal(FrameOrigin.User, Of("Microsoft.Shop.Core.dll"));
        Assert.Equal(FrameOrigin.User, Of("Plugin.dll"));
        Assert.Equal(
            [
                new OwnModule("Shop.dll", OwnershipEvidence.EntryAssembly), new OwnModule("Microsoft.Shop.Core.dll", OwnershipEvidence.ProjectReference),
                new OwnModule("Plugin.dll", OwnershipEvidence.Location),
            ],
            ownership.OwnModules);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"libraries\": 1, \"targets\": {} }")]
    [InlineData("{ \"libraries\": {}, \"targets\": { \"a\": 1 } }")]
    [InlineData("{ \"libraries\": { \"a\": {} }, \"targets\": {} }")]
    public void A_broken_list_is_ignored(string json)
    {
        var entry = Path.Combine(_folder.FullName, "Shop.dll");
        File.WriteAllText(Path.ChangeExtension(entry, ".deps.json"), json);

        Assert.Null(DependencyList.TryOpen(entry));
    }

    [Fact]
    public void A_pattern_decides_alone()
    {
        var ownership = new CodeOwnership(_lines, new Regex("^Newtonsoft|^Shop\\.Cache"), "Shop");

        Assert.Equal(FrameOrigin.User, ownership.OriginOf("Newtonsoft.Json.JsonConvert.Read", "Newtonsoft.Json.JsonConvert", Module("/app/Newtonsoft.Json.dll")));
        Assert.Equal(FrameOrigin.User, ownership.OriginOf("Shop.Cache.Add", "Shop.Cache", Module("/app/Library.dll")));
        Assert.Equal(FrameOrigin.Framework, ownership.OriginOf("Program.Main", "Program", Module("/app/Main.dll")));
        Assert.Equal([new OwnModule("Newtonsoft.Json.dll", OwnershipEvidence.Pattern)], ownership.OwnModules);
    }

    private static ModuleCode Module(string path) => new(1, path, Guid.Empty);

    private CodeOwnership Ownership(string? entryAssembly = null) => new(_lines, null, entryAssembly);
}
