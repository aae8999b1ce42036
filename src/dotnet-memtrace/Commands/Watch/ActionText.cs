using Memtrace.Tool.Arguments;
using Memtrace.Watching.Actions;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>Actions as people type them (docs/watch.md): <c>recording [after TIME]</c>, <c>heap</c>, <c>core</c>, <c>run COMMAND</c>, <c>webhook URL</c>.</summary>
internal static class ActionText
{
    /// <summary>The accepted forms, for help and error messages.</summary>
    public const string Expected = "'recording', 'recording after 1m', 'heap', 'core', 'run COMMAND' or 'webhook URL'";

    /// <summary>Reads an action.</summary>
    /// <param name="text">What was typed.</param>
    /// <exception cref="FormatException">The text is not an action; the message says what is wrong, in a sentence.</exception>
    public static WatchAction Parse(string text)
    {
        var (verb, rest) = text.Trim().Split(' ', 2, StringSplitOptions.TrimEntries) is [var first, var second] ? (first, second) : (text.Trim(), "");
        return (verb, rest) switch
        {
            ("recording", "") => new SaveRecordingAction(SaveRecordingAction.DefaultAfter),
            ("recording", _) => new SaveRecordingAction(ParseAfter(rest)),
            ("heap", "") => new TakeHeapAction(),
            ("core", "") => new WriteCoreAction(),
            ("run", { Length: > 0 }) => new RunCommandAction(rest),
            ("webhook", _) => new CallWebhookAction(ParseAddress(rest)),
            _ => throw new FormatException($"'{text.Trim()}' is not an action. Use {Expected}."),
        };
    }

    private static TimeSpan ParseAfter(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["after", var time] && DurationArgument.TryParse(time, out var after) && after <= TimeSpan.FromHours(1)
            ? after
            : throw new FormatException($"'recording {text}' must be 'recording after TIME', with a time of up to an hour.");

    private static Uri ParseAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https")
        ? address
        : throw new FormatException($"'webhook {text}' requires an address such as https://alerts.example.com/memtrace.");
}
