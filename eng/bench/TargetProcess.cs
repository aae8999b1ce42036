using System.Text.Json;

namespace Memtrace.Bench;

/// <summary>A program of tests/targets under their protocol: ready, go, done.</summary>
internal sealed class TargetProcess : IDisposable
{
    private readonly Child _process;

    private TargetProcess(Child process) => _process = process;

    public int Id => _process.Id;

    /// <param name="variable">The environment variable that says where the program is.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<TargetProcess> StartAsync(string variable, params string[] arguments)
    {
        var target = new TargetProcess(new Child("dotnet", [Setting.Of(variable), .. arguments]));
        await target.ExpectAsync("ready");
        return target;
    }

    /// <summary>Starts one that works until it is disposed of.</summary>
    public static async Task<TargetProcess> StartBusyAsync(string variable, params IEnumerable<string> arguments)
    {
        var target = await StartAsync(variable, [.. arguments, "--seconds", "86400"]);
        await target.SendGoAsync();
        return target;
    }

    /// <summary>Lets it work, and returns what it says of that.</summary>
    public async Task<JsonElement> GoAsync()
    {
        await SendGoAsync();
        return JsonSerializer.Deserialize<JsonElement>(await ExpectAsync("done"));
    }

    public void Dispose() => _process.Dispose();

    private async Task SendGoAsync()
    {
        await _process.Input.WriteLineAsync("go");
        await _process.Input.FlushAsync();
    }

    private async Task<string> ExpectAsync(string word)
    {
        var line = await _process.Output.ReadLineAsync();
        return line?.StartsWith(word, StringComparison.Ordinal) == true
            ? line[word.Length..]
            : throw new InvalidOperationException($"The target said '{line}' where '{word}' was due. {_process.Errors}");
    }
}
