using Memtrace.Analysis.Symbols;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Symbols;

public sealed class CodeOriginTests
{
    [Theory]
    [InlineData("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/WindowsBase.dll", FrameOrigin.Framework)]
    [InlineData(@"C:\Program Files\dotnet\shared\Microsoft.AspNetCore.App\9.0.0\Any.dll", FrameOrigin.Framework)]
    [InlineData("/app/System.Private.CoreLib.dll", FrameOrigin.Framework)]
    [InlineData("/app/Microsoft.Extensions.Hosting.dll", FrameOrigin.Framework)]
    [InlineData("/app/Newtonsoft.Json.dll", FrameOrigin.User)]
    [InlineData("/app/Systematic.dll", FrameOrigin.User)]
    [InlineData("", FrameOrigin.Framework)]
    public void Goes_by_folder_and_name(string path, FrameOrigin expected)
    {
        Assert.Equal(expected, CodeOrigin.Of(path));
    }

    [Theory]
    [InlineData("System.String", FrameOrigin.Framework)]
    [InlineData("dynamicClass", FrameOrigin.Framework)]
    [InlineData("MyApp.Cache", FrameOrigin.User)]
    public void Goes_by_type_where_no_module_is_known(string type, FrameOrigin expected)
    {
        Assert.Equal(expected, CodeOrigin.OfType(type));
    }
}
