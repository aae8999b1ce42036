namespace Memtrace.Events.Names;

/// <summary>
/// Turns the names that the runtime's events carry into names as C# writes them, with namespaces and without parameter lists.
/// What the compiler made up gets a word and its ordinal behind a <c>#</c>, which no name of the program can hold:
/// <c>MyApp.Program.Main.lambda#1</c>, <c>MyApp.Program.closure#5_0</c>, <c>MyApp.Worker.RunAsync.stateMachine#4</c>.
/// The code of an async method, an iterator or a local function stands under the method that it was written as or in.
/// Where one compiled method serves all reference types, the runtime says <c>System.__Canon</c>; that becomes <c>_</c>:
/// <c>System.Collections.Generic.List&lt;_&gt;.Add</c>.
/// A name that does not read as one comes back as it is. Nothing here throws.
/// </summary>
internal static class ReadableNames
{
    // Bounds the depth of the recursion that a hostile recording can cause; names of real programs stay far below.
    private const int MaximumLength = 4096;

    /// <summary>A readable type name.</summary>
    /// <param name="runtimeName">
    /// Such as <c>System.Collections.Generic.Dictionary`2[System.String,MyApp.Order]</c>. The names in allocation events lack the types
    /// that a type is nested in: they say <c>Entry[System.String,MyApp.Order][]</c>, with the arguments of the missing type.
    /// </param>
    public static string Type(string runtimeName) =>
        runtimeName.Length <= MaximumLength && RuntimeTypeNameParser.Parse(runtimeName) is { } name ? name.ToString() : runtimeName;

    /// <summary>A readable method name.</summary>
    /// <param name="declaringType">MethodNamespace of the runtime's method events; empty for global methods.</param>
    /// <param name="methodName">MethodName.</param>
    /// <param name="signature">MethodSignature; it tells an init accessor from a set accessor.</param>
    public static string Method(string declaringType, string methodName, string signature)
    {
        if (declaringType.Length + methodName.Length > MaximumLength)
            return Join(declaringType, methodName);

        var type = RuntimeTypeNameParser.Parse(declaringType);
        var generated = GeneratedName.Parse(methodName);
        if (type is not null && generated is { IsCodeOfMethod: true })
            return Join(type.WithoutClosures().ToString(), generated.MethodPath);

        if (type?.StateMachine is { } machine && (methodName == "MoveNext" || generated is { Kind: GeneratedKind.FinallyBlock }))
            return Join(type.Enclosing().WithoutClosures().ToString(), machine.MethodPath);

        return Join(type?.ToString() ?? declaringType, generated?.MethodPath ?? MemberName.Readable(methodName, signature));
    }

    private static string Join(string type, string member) => type.Length == 0 ? member : $"{type}.{member}";
}
