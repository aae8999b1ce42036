using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Analysis;

/// <summary>Matches types and call stacks against a filter. Each stack is matched once, however many share it.</summary>
/// <param name="filter">The filter.</param>
internal sealed class FilterMatcher(ProfileFilter filter)
{
    private readonly Dictionary<CallStack, bool> _stacks = [];
    private readonly Dictionary<CallStack, bool> _excluded = [];

    /// <summary>Whether the type is selected, and its name or the method of any frame of the stack matches.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a timeout, and matching took longer.</exception>
    public bool Matches(string type, CallStack? stack) =>
        IsSelected(type)
        && (filter.Names is not { } names || names.IsMatch(type) || IsMatch(names, stack))
        && (filter.Without is not { } without || !IsExcluded(without, stack));

    /// <summary>Whether the type is selected, and its name or the method of the frame matches. Where stacks are excluded, a frame alone does not decide.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a timeout, and matching took longer.</exception>
    public bool Matches(string type, Frame? frame) =>
        filter.Without is null && IsSelected(type) && (filter.Names is not { } names || names.IsMatch(type) || (frame is not null && names.IsMatch(frame.Method)));

    // What awaits excluded methods may continue on their stacks.
    private bool IsExcluded(Regex without, CallStack? stack)
    {
        if (stack is null)
            return false;
        if (!_excluded.TryGetValue(stack, out var isExcluded))
        {
            isExcluded = without.IsMatch(stack.Frame.Method) || (stack.Frame.Origin != FrameOrigin.User && IsExcluded(without, stack.Caller));
            _excluded.Add(stack, isExcluded);
        }

        return isExcluded;
    }

    private bool IsSelected(string type) => filter.Types?.IsMatch(type) ?? true;

    private bool IsMatch(Regex names, CallStack? stack)
    {
        if (stack is null)
            return false;
        if (!_stacks.TryGetValue(stack, out var isMatch))
        {
            isMatch = names.IsMatch(stack.Frame.Method) || IsMatch(names, stack.Caller);
            _stacks.Add(stack, isMatch);
        }

        return isMatch;
    }
}
