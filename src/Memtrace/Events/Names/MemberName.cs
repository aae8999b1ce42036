namespace Memtrace.Events.Names;

/// <summary>
/// The name of a member as C# developers write it: <c>Count.get</c> for an accessor, <c>this[].set</c> for an indexer, <c>operator +</c>,
/// <c>ctor</c> and <c>cctor</c> (static) for constructors, <c>IStore.Add</c> for the explicit implementation of an interface's member.
/// </summary>
internal static class MemberName
{
    // Distinguishes an init accessor from a set accessor.
    private const string InitMark = "System.Runtime.CompilerServices.IsExternalInit";

    // The metadata names of operators: "Operator overloading" in ECMA-335 I.10.3, and the checked ones of C# 11.
    private static readonly Dictionary<string, string> Operators = new(StringComparer.Ordinal)
    {
        ["Addition"] = "+",
        ["Subtraction"] = "-",
        ["Multiply"] = "*",
        ["Division"] = "/",
        ["Modulus"] = "%",
        ["UnaryPlus"] = "+",
        ["UnaryNegation"] = "-",
        ["Increment"] = "++",
        ["Decrement"] = "--",
        ["LogicalNot"] = "!",
        ["OnesComplement"] = "~",
        ["True"] = "true",
        ["False"] = "false",
        ["BitwiseAnd"] = "&",
        ["BitwiseOr"] = "|",
        ["ExclusiveOr"] = "^",
        ["LeftShift"] = "<<",
        ["RightShift"] = ">>",
        ["UnsignedRightShift"] = ">>>",
        ["Equality"] = "==",
        ["Inequality"] = "!=",
        ["LessThan"] = "<",
        ["LessThanOrEqual"] = "<=",
        ["GreaterThan"] = ">",
        ["GreaterThanOrEqual"] = ">=",
        ["Implicit"] = "implicit",
        ["Explicit"] = "explicit",
    };

    /// <summary>The readable name of a member.</summary>
    /// <param name="name">The name in the metadata.</param>
    /// <param name="signature">Its signature in the runtime's notation, or empty.</param>
    public static string Readable(string name, string signature = "")
    {
        if (name is ".ctor" or ".cctor")
            return name[1..];

        var dot = LastDot(name);
        return dot <= 0 || dot == name.Length - 1
            ? Simple(name, signature)
            : $"{Interface(name[..dot])}.{Simple(name[(dot + 1)..], signature)}";
    }

    private static string Simple(string name, string signature) =>
        Accessor(name, "get_", "get")
        ?? Accessor(name, "set_", signature.Contains(InitMark, StringComparison.Ordinal) ? "init" : "set")
        ?? Accessor(name, "add_", "add")
        ?? Accessor(name, "remove_", "remove")
        ?? Operator(name)
        ?? name;

    private static string? Accessor(string name, string prefix, string keyword)
    {
        if (name.Length == prefix.Length || !name.StartsWith(prefix, StringComparison.Ordinal))
            return null;

        var property = name[prefix.Length..];
        return $"{(property == "Item" ? "this[]" : property)}.{keyword}";
    }

    private static string? Operator(string name)
    {
        const string Prefix = "op_";
        const string Checked = "Checked";
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            return null;

        var isChecked = name.AsSpan(Prefix.Length).StartsWith(Checked, StringComparison.Ordinal);
        var word = name[(Prefix.Length + (isChecked ? Checked.Length : 0))..];
        return Operators.TryGetValue(word, out var symbol) ? $"operator {(isChecked ? "checked " : "")}{symbol}" : null;
    }

    // The interface name has its namespace and C#'s notation of type arguments: System.Collections.Generic.IEnumerable<TKey>.
    private static string Interface(string name)
    {
        var arguments = name.IndexOf('<');
        var dot = name.LastIndexOf('.', arguments < 0 ? name.Length - 1 : arguments);
        return name[(dot + 1)..].Replace(",", ", ", StringComparison.Ordinal);
    }

    // The last dot outside of type arguments.
    private static int LastDot(string name)
    {
        var depth = 0;
        for (var i = name.Length - 1; i >= 0; i--)
        {
            depth += name[i] switch { '>' => 1, '<' => -1, _ => 0 };
            if (name[i] == '.' && depth == 0)
                return i;
        }

        return -1;
    }
}
