using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Units;

namespace Memtrace.Analysis.Budgets;

/// <summary>A budget file is not valid. The message is one line for people.</summary>
/// <param name="message">What is wrong.</param>
internal sealed class BudgetFileException(string message) : Exception(message);

/// <summary>Reads budgets from a JSON file (docs/budgets.md): <c>{ "peakRss": "200 MiB", "types": { "Shop.*": "10 MiB" } }</c>.</summary>
internal static class BudgetFile
{
    private const string Types = "types";

    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path.</param>
    /// <exception cref="BudgetFileException">It is not a budget file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static ImmutableArray<Budget> Read(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), Tolerant);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new BudgetFileException($"{file} is not JSON: line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}.");
        }
        catch (BudgetFileException exception)
        {
            throw new BudgetFileException($"{file}: {exception.Message}");
        }
    }

    private static ImmutableArray<Budget> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new BudgetFileException("it must be an object such as { \"peakRss\": \"200 MiB\" }.");
        ImmutableArray<Budget> budgets = [.. root.EnumerateObject().SelectMany(Read)];
        return budgets.IsEmpty ? throw new BudgetFileException($"it has no budget. Budgets are {Names}.") : budgets;
    }

    private static IEnumerable<Budget> Read(JsonProperty property)
    {
        if (property.NameEquals(Types))
            return ReadTypes(property.Value);
        return BudgetMeasure.All.FirstOrDefault(measure => property.NameEquals(measure.Name)) is { } measure
            ? [measure.IsRate ? Rate(measure, property) : new Budget(measure, null, Size(property))]
            : throw new BudgetFileException($"'{property.Name}' is not a budget. Budgets are {Names}.");
    }

    private static IEnumerable<Budget> ReadTypes(JsonElement types) => types.ValueKind == JsonValueKind.Object
        ? types.EnumerateObject().Select(type => new Budget(BudgetMeasure.Allocated, Pattern(type.Name), Size(type)))
        : throw new BudgetFileException($"'{Types}' must be an object such as {{ \"Shop.*\": \"10 MiB\" }}.");

    private static string Pattern(string text) =>
        text.Length > 0 ? text : throw new BudgetFileException($"'{Types}' has an empty name. Use a name such as \"Shop.*\" or \"System.Byte[]\".");

    private static string Names => string.Join(", ", BudgetMeasure.All.Select(measure => measure.Name).Append(Types));

    private static double Size(JsonProperty property) => TextOf(property) is { } text && ByteSize.TryParse(text, 0, out var bytes)
        ? bytes
        : throw new BudgetFileException($"'{property.Name}' must be a size such as \"200 MiB\" or \"500KB\".");

    private static Budget Rate(BudgetMeasure measure, JsonProperty property)
    {
        var parts = TextOf(property)?.Split('/') ?? [];
        return parts is [var size, var unit] && ByteSize.TryParse(size.Trim(), 0, out var bytes) && TimeUnit.All.FirstOrDefault(time => time.Symbol == unit.Trim()) is { } per
            ? new Budget(measure, null, bytes / per.Seconds) { Per = per }
            : throw new BudgetFileException($"'{property.Name}' must be a rate such as \"1 MiB/min\"; the units of time are s, min and h.");
    }

    private static string? TextOf(JsonProperty property) => property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
}
