using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Analysis;

/// <summary>Tells which types and call stacks a regular expression is about. Looks at each stack once, however many share it.</summary>
/// <param name="filter">The expression.</param>
internal sealed class NameFilter(Regex filter)
{
    private readonly Dictionary<CallStack, bool> _stacks = [];

    /// <summary>Whether the type's name matches, or the method of any frame of the stack.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a time-out, and matching took longer.</exception>
    public bool Matches(string type, CallStack? stack) => filter.IsMatch(type) || Matches(stack);

    /// <summary>Whether the type's name matches, or the method of the frame.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a time-out, and matching took longer.</exception>
    public bool Matches(string type, Frame? frame) => filter.IsMatch(type) || (frame is not null && filter.IsMatch(frame.Method));

    private bool Matches(CallStack? stack)
    {
        if (stack is null)
            return false;
        if (!_stacks.TryGetValue(stack, out var match))
        {
            match = filter.IsMatch(stack.Frame.Method) || Matches(stack.Caller);
            _stacks.Add(stack, match);
        }

        return match;
    }
}
