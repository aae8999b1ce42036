using System.Collections.Concurrent;

namespace Leaky;

/// <summary>
/// Takes orders, watches prices, prints labels, renders reports and exports invoices. It leaks about 5 MB/s: orders in <see cref="OrderCache"/>,
/// alerts in <see cref="PriceFeed"/>, bitmaps in <see cref="LabelPrinter"/>; and it makes some 75 MB/s of garbage.
/// The methods that stand for a fault are never inlined, so that each is its own frame however warm the program is.
/// </summary>
internal sealed class OrderService : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    /// <summary>So many orders meet everything that happens now and then, several times.</summary>
    private const int WarmOrders = 2_000;

    private readonly int _ordersPerBeat;
    private readonly OrderCache _cache;
    private readonly PriceFeed _prices = new();
    private readonly LabelPrinter _labels = new();
    private readonly OrderGenerator _generator = new();
    private readonly ConcurrentQueue<Order> _recent = new();
    private readonly ConcurrentQueue<string> _reports = new();
    private readonly TaskCompletionSource _warm = new();
    private long _reported;

    /// <param name="rate">Does so many times the usual work.</param>
    /// <param name="cacheCapacity">So many orders are cached; null: all that ever came.</param>
    public OrderService(double rate, int? cacheCapacity)
    {
        _ordersPerBeat = Math.Max(1, (int)(100 * rate));
        _cache = new OrderCache(cacheCapacity);
    }

    /// <summary>Ends when all methods of the work have been called.</summary>
    public Task Warm => _warm.Task;

    /// <summary>Ends when the service was told to stop and all its workers have ended.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start(CancellationToken stop)
    {
        Completion = Task.WhenAll(
            TakeOrdersAsync(stop),
            RunWorker("reporting", RenderReports, stop),
            RunWorker("export", ExportInvoices, stop));
    }

    public void Dispose() => _labels.Dispose();

    private async Task TakeOrdersAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Beat);
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < _ordersPerBeat; i++)
                Take(_generator.Next());

            _prices.Publish(_generator.NextProduct(), _generator.NextPrice());
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private void Take(Order order)
    {
        _cache.Remember(order);
        _recent.Enqueue(order);
        if (order.Id % 25 == 0)
            _prices.Subscribe(new PriceAlert(order.Lines[0].Product).OnPriceChanged);
        if (order.Id % 500 == 0)
            _labels.Print(order.Id);
    }

    /// <summary>Each new order is in five reports, as if five departments had asked for one.</summary>
    private void RenderReports()
    {
        var orders = new List<Order>();
        while (_recent.TryDequeue(out var order))
            orders.Add(order);

        foreach (var chunk in orders.Chunk(50))
        {
            for (var department = 0; department < 5; department++)
                _reports.Enqueue(ReportBuilder.Render(chunk));
        }

        _reported += orders.Count;
    }

    private void ExportInvoices()
    {
        var exported = 0;
        while (_reports.TryDequeue(out var report))
        {
            if (exported++ % 5 == 0)
                InvoiceExporter.Export(report);
        }

        if (exported > 0 && Volatile.Read(ref _reported) > WarmOrders)
            _warm.TrySetResult();
    }

    private static Task RunWorker(string name, Action work, CancellationToken stop)
    {
        var ended = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            while (!stop.WaitHandle.WaitOne(Beat))
                work();

            ended.SetResult();
        })
        { Name = name, IsBackground = true };
        thread.Start();
        return ended.Task;
    }
}
