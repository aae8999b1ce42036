namespace Memtrace.Events.Names;

/// <summary>The purpose of a name that the C# compiler generated.</summary>
internal enum GeneratedKind
{
    /// <summary><c>&lt;Main&gt;$</c>: a method without a name in the source, such as top-level statements.</summary>
    Method,

    /// <summary><c>&lt;Run&gt;b__2_0</c>: a lambda or anonymous method.</summary>
    Lambda,

    /// <summary><c>&lt;Run&gt;g__Fill|2_1</c>: a local function.</summary>
    LocalFunction,

    /// <summary>
    /// <c>&lt;Run&gt;d__4</c>: the state machine of an async method or iterator; its MoveNext has the method's code.
    /// </summary>
    StateMachine,

    /// <summary><c>&lt;&gt;m__Finally1</c>: a finally block of an iterator.</summary>
    FinallyBlock,

    /// <summary><c>&lt;&gt;c</c>, <c>&lt;&gt;c__DisplayClass5_0</c>: the class of lambdas and the variables they capture.</summary>
    Closure,

    /// <summary><c>&lt;&gt;f__AnonymousType0</c>.</summary>
    AnonymousType,

    /// <summary>
    /// A type whose source name follows a prefix: <c>&lt;Program&gt;F...__Order</c> (file-local), <c>&lt;&gt;z__ReadOnlyArray</c>.
    /// </summary>
    Type,
}
