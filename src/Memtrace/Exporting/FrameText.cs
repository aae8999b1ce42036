using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>Names of frames in formats that have nothing but names.</summary>
internal static class FrameText
{
    /// <summary>Stands for an unknown stack.</summary>
    public const string NoStack = "[no stack]";

    /// <summary>Stands for an address without a method. All have the same name: addresses differ in each run of a program.</summary>
    public const string Unresolved = "[unresolved]";

    /// <summary>The name of a type below the method that allocates it: <c>new MyApp.Order</c>.</summary>
    public static string Of(string type) => "new " + type;

    /// <summary>The name of a frame.</summary>
    public static string Of(Frame frame) => frame.Origin == FrameOrigin.Unresolved ? Unresolved : frame.Method;
}
