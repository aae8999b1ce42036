using System.Text.Json;

namespace Memtrace.Tool.Tests.Watch;

/// <summary>A temporary folder in which <c>watch</c> saves what it captures.</summary>
internal sealed class CaptureFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ScratchFolder _folder = new();

    /// <summary>Where it saves.</summary>
    public string Path => _folder.File("saved");

    /// <summary>The captures that it has listed.</summary>
    public List<JsonElement> Index
    {
        get
        {
            using var index = JsonDocument.Parse(System.IO.File.ReadAllText(System.IO.Path.Combine(Path, "index.json")));
            return [.. index.RootElement.Clone().GetProperty("captures").EnumerateArray()];
        }
    }

    /// <summary>A file beside the captures.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Starts to watch.</summary>
    public RunningTool Watch(params string[] arguments) => Tool.Start(["watch", .. arguments, "--directory", Path]);

    /// <summary>Waits until something is so, and fails if that takes minutes.</summary>
    public static async Task WaitAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await isSo())
            await Task.Delay(50, limit.Token);
    }

    /// <inheritdoc cref="WaitAsync(Func{Task{bool}})"/>
    public static Task WaitAsync(Func<bool> isSo) => WaitAsync(() => Task.FromResult(isSo()));

    public void Dispose() => _folder.Dispose();
}
