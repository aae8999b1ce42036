using System.Security.Cryptography;
using Memtrace.Exporting.Html;

namespace Memtrace.Tests.Exporting.Html;

public sealed class Sha256Tests
{
    [Fact]
    public void The_hash_is_the_framework_s_for_every_length_around_a_block()
    {
        var random = new Random(1);
        foreach (var length in Enumerable.Range(0, 260).Append(100_000))
        {
            var data = new byte[length];
            random.NextBytes(data);
            Assert.Equal(SHA256.HashData(data), Sha256.Hash(data));
        }
    }
}
