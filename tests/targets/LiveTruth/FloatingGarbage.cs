using System.Runtime.CompilerServices;

namespace LiveTruth;

/// <summary>A burst that is really alive, and after it more bytes of garbage in old generations, until a full collection finds it.</summary>
internal sealed class FloatingGarbage
{
    private const int BurstObjectSize = 1000;
    private const int BurstObjects = 60_000;
    private const int BatchObjects = 10_000;
    private const int Batches = 12;

    private readonly Bursting _burst = new();

    public void Run()
    {
        _burst.Fill();
        Say("burst");
        _burst.Release();
        GC.Collect();
        for (var i = 0; i < Batches; i++)
            Float();
        Say("floated");
    }

    private void Say(string mark)
    {
        Console.WriteLine($"mark {Mark.Of(mark, [_burst], background: false)}");
        Console.ReadLine();
    }

    // Two young collections promote the objects to generation 2, where they die at once.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Float()
    {
        var batch = new object[BatchObjects];
        for (var i = 0; i < batch.Length; i++)
            batch[i] = new Floats();
        GC.Collect(0);
        GC.Collect(1);
        GC.KeepAlive(batch);
    }

    private sealed class Bursting() : Holding(typeof(Bursts), nameof(Fill), BurstObjectSize, 1)
    {
        private object[] _objects = [];

        public override long Objects => _objects.Length;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Fill()
        {
            var objects = new object[BurstObjects];
            for (var i = 0; i < objects.Length; i++)
                objects[i] = new Bursts();
            _objects = objects;
        }

        public void Release() => _objects = [];

        protected override void Make() => throw new NotSupportedException();
    }
}
