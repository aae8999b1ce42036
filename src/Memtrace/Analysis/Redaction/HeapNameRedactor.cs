using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Redaction;

/// <summary>Replaces names of a heap: types, what holds objects, fields. The tool's own words for what has no name stay, such as <c>(unknown type)</c>.</summary>
/// <param name="names">Replaces names of types and members.</param>
/// <param name="pseudonyms">The pseudonyms of words.</param>
internal sealed class HeapNameRedactor(NameRedactor names, Pseudonyms pseudonyms)
{
    /// <summary>Between the static fields that a root may be.</summary>
    private const string Or = " or ";

    /// <summary>Learns the name of a type before any name is replaced.</summary>
    /// <param name="name">Its readable name.</param>
    public void LearnType(string name)
    {
        if (IsName(name))
            names.Learn(name, NameRole.Type);
    }

    /// <summary>Learns the name of a static field, or of a method on a stack.</summary>
    /// <param name="name">Its readable name.</param>
    public void LearnMember(string name)
    {
        foreach (var member in name.Split(Or).Where(IsName))
            names.Learn(member, NameRole.Method);
    }

    /// <summary>Learns the names of a path.</summary>
    /// <param name="path">The path.</param>
    public void Learn(ImmutableArray<HeapStep> path)
    {
        foreach (var step in path)
        {
            if (step.RootName is { } member)
                LearnMember(member);
            else if (!step.IsRoot)
                LearnType(step.Name);
        }
    }

    /// <summary>A type in pseudonyms.</summary>
    /// <param name="name">Its readable name.</param>
    public string Type(string name) => IsName(name) ? names.Redact(name, NameRole.Type) : name;

    /// <summary>A method or a static field in pseudonyms; also where it may be one of several.</summary>
    /// <param name="name">Its readable name.</param>
    public string Member(string name) => string.Join(Or, name.Split(Or).Select(member => IsName(member) ? names.Redact(member, NameRole.Method) : AfterOwnWords(member)));

    /// <summary>A field in pseudonyms, or several with what separates them.</summary>
    /// <param name="name">Its name.</param>
    public string Field(string name) =>
        string.Concat(NameParts.Of(name).Select(part => part.Kind == NamePartKind.Word && part.Text is not ("this" or "or") ? pseudonyms.Of(part.Text, NameRole.Method) : part.Text));

    /// <summary>A path in pseudonyms.</summary>
    /// <param name="path">The path.</param>
    public ImmutableArray<HeapStep> Path(ImmutableArray<HeapStep> path) => [.. path.Select(Step)];

    private HeapStep Step(HeapStep step) => step switch
    {
        { RootName: { } member } => step with { RootName = Member(member), Name = step.Name[..^member.Length] + Member(member) },
        { IsRoot: true } => step,
        _ => step with { Name = Type(step.Name), Field = step.Field is { } field ? Field(field) : null },
    };

    private static bool IsName(string name) => !name.StartsWith('(');

    // A static field whose class is not certain: (one of 7 classes).Entries.
    private string AfterOwnWords(string name)
    {
        var end = name.IndexOf(')') + 1;
        return name[..end] + Field(name[end..]);
    }
}
