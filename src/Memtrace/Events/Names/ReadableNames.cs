using System.Collections.Immutable;
using System.Text;
using Memtrace.Profiles;

namespace Memtrace.Events.Names;

/// <summary>
/// Converts names in the runtime's events to C# notation, with namespaces and without parameter lists.
/// A compiler-generated name becomes a word and, after a <c>#</c> (which no source name can contain), its ordinal:
/// <c>MyApp.Program.Main.lambda#1</c>, <c>MyApp.Program.closure#5_0</c>, <c>MyApp.Worker.RunAsync.stateMachine#4</c>.
/// The code of an async method, iterator or local function is named after the method in which it was written.
/// In code shared by all reference types, the runtime writes <c>System.__Canon</c>; that becomes <c>_</c>:
/// <c>System.Collections.Generic.List&lt;_&gt;.Add</c>.
/// A name that cannot be parsed is returned unchanged. Nothing here throws.
/// </summary>
internal static class ReadableNames
{
    // Bounds the recursion depth that a hostile recording can cause; real names are much shorter.
    private const int MaximumLength = 4096;

    /// <summary>A path of up to this many steps is easy to read.</summary>
    private const int ShortPath = 4;

    /// <summary>Stands for a type whose name the runtime does not know.</summary>
    private const string UnknownType = "(unknown type)";

    /// <summary>What the runtime of a program that is compiled ahead of time writes instead of a name.</summary>
    private const string MissingName = "NULL";

    /// <summary>A readable type name.</summary>
    /// <param name="runtimeName">
    /// Such as <c>System.Collections.Generic.Dictionary`2[System.String,MyApp.Order]</c>. The names in allocation events omit the types
    /// that a type is nested in: <c>Entry[System.String,MyApp.Order][]</c>, with the arguments of the omitted type.
    /// </param>
    public static string Type(string runtimeName) => runtimeName == MissingName
        ? UnknownType
        : runtimeName.Length <= MaximumLength && RuntimeTypeNameParser.Parse(runtimeName) is { } name ? name.ToString() : runtimeName;

    /// <summary>A type name without namespaces and enclosing types, also in its type arguments: <c>Dictionary&lt;String, Order&gt;</c>.</summary>
    /// <param name="readableType">A readable type name.</param>
    public static string WithoutNamespaces(string readableType)
    {
        var result = new StringBuilder(readableType.Length);
        var start = 0;
        for (var i = 0; i <= readableType.Length; i++)
        {
            if (i < readableType.Length && (char.IsLetterOrDigit(readableType[i]) || readableType[i] is '.' or '_' or '#' or '`'))
                continue;
            var name = readableType[start..i];
            result.Append(start > 0 && readableType[start - 1] == '>' ? name : name[(name.LastIndexOf('.') + 1)..]);
            if (i < readableType.Length)
                result.Append(readableType[i]);
            start = i + 1;
        }

        return result.ToString();
    }

    /// <summary>
    /// A path from a root to objects in a line: <c>static Shop.Cache.Orders -> List&lt;Order&gt;</c>. A long path leaves out framework types in the middle.
    /// </summary>
    /// <param name="path">The steps.</param>
    public static string Path(ImmutableArray<HeapStep> path) => string.Join(" -> ", path.Select((step, i) => IsTelling(path, i)
        ? HeapStep.WithField(step.IsRoot ? step.Name : WithoutNamespaces(step.Name), FieldAfter(path, i))
        : IsTelling(path, i - 1) ? "..." : null).OfType<string>());

    private static string? FieldAfter(ImmutableArray<HeapStep> path, int i) => i + 1 < path.Length ? path[i + 1].Field : null;

    private static bool IsTelling(ImmutableArray<HeapStep> path, int i) =>
        path.Length <= ShortPath || i == 0 || i == path.Length - 1 || path[i] is { IsFramework: false } or { IsEvent: true };

    /// <summary>A readable method name.</summary>
    /// <param name="declaringType">MethodNamespace of the runtime's method events; empty for global methods.</param>
    /// <param name="methodName">MethodName.</param>
    /// <param name="signature">MethodSignature; it distinguishes an init accessor from a set accessor.</param>
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
