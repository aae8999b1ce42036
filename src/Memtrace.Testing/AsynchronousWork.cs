namespace Memtrace.Testing;

/// <summary>Work that returns a task.</summary>
internal static class AsynchronousWork
{
    /// <summary>The error of the compiler where it is given as synchronous work. Without it, <c>Of(async () => ...)</c> would compile, and pass whatever the work does.</summary>
    public const string Refusal = "This work returns a task: await OfAsync or NoInstancesOfAsync instead. If nothing is to be awaited, cast it to Action.";

    /// <summary>Starts it.</summary>
    /// <param name="work">The work.</param>
    /// <exception cref="InvalidOperationException">It returns null.</exception>
    public static Task Start(Func<Task> work) => work() ?? throw new InvalidOperationException("The work returned null instead of a task.");
}
