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
        && (filter.Names is not { } names || names.IsMatch(type) || Matches(names, stack, _stacks))
        && (filter.Without is not { } without || !Matches(without, stack, _excluded));

    /// <summary>Whether the type is selected, and its name or the method of the frame matches. Where stacks are excluded, a frame alone does not decide.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression has a timeout, and matching took longer.</exception>
    public bool Matches(string type, Frame? frame) =>
        filter.Without is null && IsSelected(type) && (filter.Names is not { } names || names.IsMatch(type) || (frame is not null && names.IsMatch(frame.Method)));

    private bool IsSelected(string type) => filter.Types?.IsMatch(type) ?? true;

    private static bool Matches(Regex names, CallStack? stack, Dictionary<CallStack, bool> known)
    {
        if (stack is null)
            return false;
        if (!known.TryGetValue(stack, out var match))
        {
            match = names.IsMatch(stack.Frame.Method) || Matches(names, stack.Caller, known);
            known.Add(stack, match);
        }

        return match;
    }
}
