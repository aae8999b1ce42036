using System.Collections.Immutable;
using System.CommandLine.Parsing;
using Memtrace.Analysis.Comparison;
using Memtrace.HeapSnapshots;

namespace Memtrace.Tool.Arguments;

/// <summary>The conditions of <c>--fail-on</c>.</summary>
/// <param name="OfRecordings">Those about recordings.</param>
/// <param name="OfHeaps">Those about heap snapshots.</param>
internal sealed record FailOnConditions(ImmutableArray<FailCondition> OfRecordings, ImmutableArray<HeapCondition> OfHeaps)
{
    /// <summary>No conditions.</summary>
    public static FailOnConditions None { get; } = new([], []);

    /// <summary>Reads them all, and reports those that are wrong.</summary>
    /// <param name="result">The option.</param>
    public static FailOnConditions Parse(ArgumentResult result)
    {
        var conditions = None;
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (conditions.TryAdd(text, out var problem) is { } more)
                conditions = more;
            else
                result.AddError($"--fail-on '{text}' {problem}");
        }

        return conditions;
    }

    private FailOnConditions? TryAdd(string text, out string? problem)
    {
        if (HeapFailOnArgument.IsOne(text))
            return HeapFailOnArgument.TryParse(text, out var ofHeaps, out problem) ? this with { OfHeaps = OfHeaps.Add(ofHeaps) } : null;
        return FailOnArgument.TryParse(text, out var ofRecordings, out problem) ? this with { OfRecordings = OfRecordings.Add(ofRecordings) } : null;
    }
}
