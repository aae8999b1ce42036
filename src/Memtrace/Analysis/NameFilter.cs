using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Analysis;

/// <summary>Tells which types and call stacks a filter is about. Looks at each stack once, however many share it.</summary>
/// <param name="filter">The filter.</param>
internal sealed class NameFilter(ProfileFilter filter)
{
    private readonly Dictionary<CallStack, bool> _stacks = [];

    /// <summary>Whether the type is one of those asked for, and its name matches, or the method of any frame of the stack.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a time-out, and matching took longer.</exception>
    public bool Matches(string type, CallStack? stack) => IsAsked(type) && (filter.Names is not { } names || names.IsMatch(type) || Matches(names, stack));

    /// <summary>Whether the type is one of those asked for, and its name matches, or the method of the frame.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a time-out, and matching took longer.</exception>
    public bool Matches(string type, Frame? frame) =>
        IsAsked(type) && (filter.Names is not { } names || names.IsMatch(type) || (frame is not null && names.IsMatch(frame.Method)));

    private bool IsAsked(string type) => filter.Types?.IsMatch(type) ?? true;

    private bool Matches(Regex names, CallStack? stack)
    {
        if (stack is null)
            return false;
        if (!_stacks.TryGetValue(stack, out var match))
        {
            match = names.IsMatch(stack.Frame.Method) || Matches(names, stack.Caller);
            _stacks.Add(stack, match);
        }

        return match;
    }
}
