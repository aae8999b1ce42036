using System.Collections.Immutable;
using Memtrace.Units;

namespace Memtrace.Profiles;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Wastes memory or time.</summary>
    Warning,

    /// <summary>Needs action.</summary>
    Critical,
}

/// <summary>A conclusion from a profile in plain words, with the figures it is based on. Immutable. The rules: docs/findings.md.</summary>
/// <param name="Id">Name of the rule, in kebab case, such as <c>managed-leak</c>. It never changes.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Title">One sentence: what it is, and where.</param>
/// <param name="Detail">What was observed, in a sentence or two.</param>
/// <param name="Evidence">The figures, the most important first. Never empty.</param>
/// <param name="Advice">What to do next.</param>
public sealed record Finding(
    string Id,
    FindingSeverity Severity,
    string Title,
    string Detail,
    ImmutableArray<Evidence> Evidence,
    string Advice)
{
    /// <summary>What to do next with the tool, the first step first; often nothing.</summary>
    public ImmutableArray<NextStep> Next { get; init; } = [];
}

/// <summary>A figure that a finding is based on.</summary>
/// <param name="Name">Its name in camel case, such as <c>growthBytesPerSecond</c>.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Error">Half the width of its 95% interval in the same unit, or null if it is not an estimate.</param>
public sealed record Evidence(string Name, double Value, Unit Unit, double? Error = null);
