namespace LiveTruth;

/// <summary>What one thread holds, and how it goes on.</summary>
internal sealed class Worker
{
    private const long Header = 16;
    private const long ArrayHeader = 24;

    private readonly Burst _burst = new(typeof(Guid[]), nameof(Sites.Burst), ArrayHeader + (250 * 16), -10, 12_000, Sites.Burst);
    private int _step;

    public Worker() => Holdings =
    [
        new Chain<LeakedNode>(nameof(Sites.Leak), Header + 24, -100, Sites.Leak),
        new Chain<Listener<Uri>>(nameof(Sites.Subscribe), Header + 24, -60, Sites.Subscribe),
        new Ring(typeof(CacheEntry), nameof(Sites.Cache), Header + 112, -100, 40_000, Sites.Cache),
        new Ring(typeof(Session), nameof(Sites.OpenSession), Header + 192, -40, 20_000, Sites.OpenSession),
        new Ring(typeof(Session), nameof(Sites.RenewSession), Header + 192, -40, 8_000, Sites.RenewSession),
        new Ring(typeof(Resource), nameof(Sites.Finalizable), Header + 48, -60, 30_000, Sites.Finalizable),
        new Ring(typeof(string), nameof(Sites.Text), Header + 4 + (41 * 2), -50, 25_000, Sites.Text),
        new Ring(typeof(KeyValuePair<int, double>[]), nameof(Sites.Pairs), ArrayHeader + (50 * 16), -8, 4_000, Sites.Pairs),
        new Ring(typeof(Uri[]), nameof(Sites.References), ArrayHeader + (30 * 8), -20, 10_000, Sites.References),
        new Ring(typeof(int[]), nameof(Sites.Pinned), ArrayHeader + (512 * 4), -2, 1_200, Sites.Pinned, pin: true),
        new Ring(typeof(ulong[]), nameof(Sites.Large), ArrayHeader + (15_000 * 8), 10, 60, Sites.Large),
        new Ring(typeof(float[]), nameof(Sites.OnPinnedHeap), ArrayHeader + (4_096 * 4), 3, 250, Sites.OnPinnedHeap),
        _burst,
        new Ring(typeof(byte[]), nameof(Sites.Temporary), ArrayHeader + 104, -500, 0, Sites.Temporary),
        new Ring(typeof(short[]), nameof(Sites.LargeTemporary), ArrayHeader + 200_000, 5, 0, Sites.LargeTemporary),
    ];

    public IReadOnlyList<Holding> Holdings { get; }

    public void OpenBurst() => _burst.Open = true;

    public void ReleaseBurst() => _burst.Release();

    /// <summary>Goes on for so many steps of about 150 KB each.</summary>
    public void Run(int steps)
    {
        for (var end = _step + steps; _step < end; _step++)
        {
            foreach (var holding in Holdings)
                holding.Step(_step);
        }
    }
}
