namespace Memtrace.Processes;

/// <summary>A diagnostic port in the syntax of the .NET diagnostic tools: <c>PATH[,listen|connect]</c>, listen by default.</summary>
/// <param name="Address">The socket's absolute path, or the pipe's name on Windows.</param>
/// <param name="IsListening">Whether the runtime connects to us; otherwise we connect to it.</param>
internal sealed record DiagnosticPort(string Address, bool IsListening)
{
    /// <exception cref="TargetException">The text is not a diagnostic port.</exception>
    public static DiagnosticPort Parse(string text)
    {
        var isListening = text.Split(',') switch
        {
            [""] or ["", _] => throw Malformed(text),
            [_] => true,
            [_, var mode] when mode.Equals("listen", StringComparison.OrdinalIgnoreCase) => true,
            [_, var mode] when mode.Equals("connect", StringComparison.OrdinalIgnoreCase) => false,
            _ => throw Malformed(text),
        };
        return new DiagnosticPort(AddressOf(text.Split(',')[0]), isListening);
    }

    private static string AddressOf(string address)
    {
        const string Scheme = "uds:";
        if (address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            address = address[Scheme.Length..] is ['/', '/', ..] rest ? rest[2..] : address[Scheme.Length..];
        return OperatingSystem.IsWindows() ? address : Path.GetFullPath(address);
    }

    private static TargetException Malformed(string text) =>
        new(TargetError.PortUnavailable, $"\"{text}\" is not a diagnostic port. Use PATH, PATH,listen or PATH,connect.");
}
