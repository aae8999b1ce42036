using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>
/// Removes from names what differs between builds of the same source: the numbers that the C# compiler assigns to generated methods and
/// types in source order. Numbers within a method (lambdas, closures) are kept; a type numbered across methods is named after
/// its method: <c>closure#5_0</c>, allocated in <c>MyApp.Job.Run</c>, is
/// <c>MyApp.Job.Run.closure#0</c>; <c>MyApp.Job.RunAsync.stateMachine#4</c> is <c>MyApp.Job.RunAsync.stateMachine</c>. docs/diff.md lists what this cannot distinguish.
/// </summary>
internal sealed partial class CrossBuildNames
{
    private readonly Dictionary<CallStack, CallStack> _stacks = [];
    private readonly Dictionary<Frame, Frame> _frames = [];

    /// <summary>The same amounts under names that do not depend on the build. Several can then have the same type and methods.</summary>
    /// <param name="stacks">Amounts by type and stack.</param>
    public static ImmutableArray<StackAllocations> Apply(IEnumerable<StackAllocations> stacks)
    {
        var names = new CrossBuildNames();
        return [.. stacks.Select(item => names.Of(item))];
    }

    /// <summary>A readable type name without the compiler's numbers.</summary>
    /// <param name="name">The name.</param>
    /// <param name="method">The method that allocates it; null if unknown.</param>
    public static string Type(string name, string? method)
    {
        // No source name contains the character.
        if (!name.Contains('#', StringComparison.Ordinal))
            return name;

        name = Closure().Replace(name, match => (method is null ? match.Groups["owner"].Value : method + ".") + "closure" + Ordinal(match));
        name = StateMachine().Replace(name, match => Origin(match.Groups["origin"].Value, method) + ".stateMachine");
        return Anonymous().Replace(name, _ => method is null ? "anonymous" : method + ".anonymous");
    }

    /// <summary>A readable method name without the compiler's numbers.</summary>
    /// <param name="name">The name.</param>
    public static string Method(string name) => Type(name, method: null);

    private StackAllocations Of(StackAllocations item)
    {
        var stack = item.Stack is null ? null : Of(item.Stack);
        return new(Type(item.Type, CallSite.Of(item.Type, stack).Frame?.Method), stack, item.Allocated);
    }

    private CallStack Of(CallStack stack)
    {
        if (!_stacks.TryGetValue(stack, out var renamed))
        {
            renamed = new CallStack(Of(stack.Frame), stack.Caller is null ? null : Of(stack.Caller));
            _stacks.Add(stack, renamed);
        }

        return renamed;
    }

    private Frame Of(Frame frame)
    {
        if (!_frames.TryGetValue(frame, out var renamed))
        {
            renamed = frame with { Method = Method(frame.Method) };
            _frames.Add(frame, renamed);
        }

        return renamed;
    }

    private static string Ordinal(Match match) => match.Groups["ordinal"] is { Success: true, Value: var ordinal } ? "#" + ordinal : "";

    // Allocation events omit enclosing types; the allocating method has the rest of the name.
    private static string Origin(string origin, string? method) =>
        method is not null && method.EndsWith("." + origin, StringComparison.Ordinal) ? method : origin;

    [GeneratedRegex(
        @"(?<owner>(?:\w+\.)*)closure#\d+(?:_(?<ordinal>\d+))?",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Closure();

    [GeneratedRegex(
        @"(?<origin>(?:\w+\.)*\w+)\.stateMachine#\d+",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex StateMachine();

    [GeneratedRegex(@"\banonymous#\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Anonymous();
}
