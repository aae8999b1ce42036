using System.Net;
using Memtrace.Watching;
using Memtrace.Watching.Captures;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>The arguments of <c>watch</c>.</summary>
/// <param name="Scope">Which processes.</param>
/// <param name="Options">What to watch for.</param>
/// <param name="Directory">Where to save.</param>
/// <param name="Limit">How much to save.</param>
/// <param name="Once">Whether to evaluate the conditions once only.</param>
internal sealed record WatchRequest(WatchScope Scope, WatchOptions Options, string Directory, CaptureLimit Limit, bool Once)
{
    /// <summary>Where to serve metrics; null for nowhere.</summary>
    public IPEndPoint? Listen { get; init; }
}
