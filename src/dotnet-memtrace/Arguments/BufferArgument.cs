using System.CommandLine;
using Memtrace.Recording.Buffering;

namespace Memtrace.Tool.Arguments;

/// <summary>How much of a live stream to keep, as people type it.</summary>
internal static class BufferArgument
{
    /// <summary>The accepted forms, for error messages.</summary>
    public const string Expected = "a time, a size of 1MB or more, or both with a comma, such as 10m,500MB";

    private const long Smallest = 1_000_000;

    /// <summary>The option <c>--buffer</c>.</summary>
    public static Option<string?> CreateOption()
    {
        var option = new Option<string?>("--buffer")
        {
            Description = "How much to buffer for saving, in a temporary file: a time, a size, or both separated by a comma. [default: 5m,256MiB]",
            HelpName = "TIME,SIZE",
        };
        option.Validators.Add(result =>
        {
            if (!TryParse(result.Tokens[0].Value, out _))
                result.AddError($"--buffer '{result.Tokens[0].Value}' is not {Expected}.");
        });
        return option;
    }

    /// <summary>The limit that an option's value names.</summary>
    /// <param name="text">The value; null for the default.</param>
    public static BufferLimit Limit(string? text) => text is not null && TryParse(text, out var limit) ? limit : BufferLimit.Default;

    /// <summary>Reads a time, a size, or both.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="limit">The limit; what was not typed is as by default.</param>
    /// <returns>Whether the text is valid.</returns>
    public static bool TryParse(string text, out BufferLimit limit)
    {
        limit = BufferLimit.Default;
        foreach (var part in text.Split(','))
        {
            if (DurationArgument.TryParse(part, out var age) && age > TimeSpan.Zero)
                limit = limit with { Age = age };
            else if (ByteSize.TryParse(part, out var bytes) && bytes >= Smallest)
                limit = limit with { Bytes = bytes };
            else
                return false;
        }

        return true;
    }
}
