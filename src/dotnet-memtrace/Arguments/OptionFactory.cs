using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Arguments;

/// <summary>Creates options whose error messages say in one line what is expected.</summary>
internal static class OptionFactory
{
    /// <summary>One of the names of an enumeration, in lower case.</summary>
    /// <typeparam name="TChoice">The enumeration.</typeparam>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    public static Option<TChoice> Choice<TChoice>(string name, string description)
        where TChoice : struct, Enum =>
        Choice(name, description, Enum.GetValues<TChoice>(), choice => Enum.GetName(choice)!.ToLowerInvariant());

    /// <summary>One of several named values.</summary>
    /// <typeparam name="TChoice">The values.</typeparam>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="choices">The values.</param>
    /// <param name="nameOf">The name of a value.</param>
    public static Option<TChoice> Choice<TChoice>(string name, string description, IReadOnlyList<TChoice> choices, Func<TChoice, string> nameOf)
    {
        var names = choices.Select(nameOf).ToArray();
        var helpName = name.TrimStart('-').ToUpperInvariant();
        var option = Parsed(name, description, helpName, text => choices[Array.IndexOf(names, text)], $"one of {string.Join(", ", names)}");
        option.CompletionSources.Clear();
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>A whole number between two others.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="minimum">The smallest number.</param>
    /// <param name="maximum">The largest number.</param>
    public static Option<int?> Number(string name, string description, int minimum, int maximum = int.MaxValue) => Parsed<int?>(
        name,
        description,
        "N",
        text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) is var number && number >= minimum && number <= maximum
            ? number
            : throw new FormatException(),
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum}{(maximum < int.MaxValue ? $" to {maximum}" : "")}"));

    /// <summary>A percentage.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    public static Option<double?> Percentage(string name, string description) => Parsed<double?>(
        name,
        description,
        "P",
        text => double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) is var number and <= 100 ? number : throw new FormatException(),
        "a percentage from 0 to 100");

    /// <summary>A length of time.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="minimumMs">The shortest time, in ms.</param>
    public static Option<TimeSpan?> Time(string name, string description, int minimumMs = 0) => Parsed<TimeSpan?>(
        name,
        description,
        "TIME",
        text => DurationArgument.TryParse(text, out var duration) && duration.TotalMilliseconds >= minimumMs ? duration : throw new FormatException(),
        string.Create(CultureInfo.InvariantCulture, $"a time{(minimumMs > 0 ? $" of {minimumMs}ms or more" : "")} such as {DurationArgument.Examples}"));

    /// <summary>A length of time that may be left out.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="fallback">The time if the option is given without one.</param>
    public static Option<TimeSpan?> OptionalTime(string name, string description, TimeSpan fallback)
    {
        var option = Time(name, description, minimumMs: 1);
        var parse = option.CustomParser!;
        option.Arity = ArgumentArity.ZeroOrOne;
        option.CustomParser = result => result.Tokens.Count == 0 ? fallback : parse(result);
        return option;
    }

    /// <summary>An amount of memory, in bytes.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="minimumKB">The smallest amount, in thousands of bytes.</param>
    public static Option<long?> Size(string name, string description, int minimumKB) => Parsed<long?>(
        name,
        description,
        "SIZE",
        text => ByteSize.TryParse(text, out var bytes) && bytes >= minimumKB * 1000L ? bytes : throw new FormatException(),
        string.Create(CultureInfo.InvariantCulture, $"a size of {minimumKB}KB or more such as {SizeArgument.Examples}"));

    /// <summary>A regular expression that matches in linear time, so that no expression can take forever.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What it does.</param>
    public static Option<Regex?> Pattern(string name, string description) => Parsed<Regex?>(
        name,
        description,
        "REGEX",
        ParsePattern,
        "a regular expression");

    // Matching takes linear time, so that no expression stalls a report; the few constructs that have no such matcher are matched by backtracking.
    private static Regex ParsePattern(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(text, RegexOptions.CultureInvariant);
        }
    }

    private static Option<TValue> Parsed<TValue>(string name, string description, string helpName, Func<string, TValue> parse, string expected) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse(result, name, parse, expected),
    };

    private static TValue? Parse<TValue>(ArgumentResult result, string name, Func<string, TValue> parse, string expected)
    {
        var text = result.Tokens[0].Value;
        try
        {
            return parse(text);
        }
        catch (RegexParseException error)
        {
            result.AddError($"{name} '{text}' is not {expected}: {error.Message}");
        }
        catch (Exception error) when (error is FormatException or NotSupportedException or OverflowException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            result.AddError($"{name} '{text}' is not {expected}.");
        }

        return default;
    }
}
