namespace Memtrace.Tool.Tests.Collect;

/// <summary>A program at work that several tests attach to, one after the other.</summary>
public sealed class LeakyProgram : IAsyncLifetime
{
    private TargetProcess? _process;

    public int Id => _process!.Id;

    public async ValueTask InitializeAsync() => _process = await TargetProcess.LeakyAsync();

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }
}
