using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>The identity of a call site: a type and the frame that allocates it.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Frame">The first frame of user code; the leaf if there is none; null without a stack.</param>
internal readonly record struct CallSite(string Type, Frame? Frame)
{
    /// <summary>The site of a type and a stack.</summary>
    public static CallSite Of(string type, CallStack? stack) => new(type, stack?.Site);
}
