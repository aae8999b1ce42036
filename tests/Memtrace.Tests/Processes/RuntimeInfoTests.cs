using System.Text;
using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class RuntimeInfoTests
{
    [Fact]
    public void An_answer_holds_the_strings_in_their_order()
    {
        var info = RuntimeInfo.Parse(Answer(77, "dotnet a.dll", "Linux", "x64", "a", "10.0.12+95017c711e"));

        Assert.Equal(new RuntimeInfo(77, "dotnet a.dll", "Linux", "x64", "a", "10.0.12"), info);
    }

    [Fact]
    public void An_answer_that_is_cut_off_anywhere_is_refused()
    {
        var whole = Answer(77, "dotnet", "Linux", "x64", "a", "8.0.1");

        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => RuntimeInfo.Parse(whole.AsSpan(0, length)));
    }

    [Fact]
    public void A_string_that_is_longer_than_the_answer_is_refused()
    {
        var answer = Answer(77, "dotnet", "Linux", "x64", "a", "8.0.1");
        BitConverter.GetBytes(int.MaxValue).CopyTo(answer, 24);

        Assert.Throws<InvalidDataException>(() => RuntimeInfo.Parse(answer));
    }

    private static byte[] Answer(long id, params string[] texts)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(id);
        writer.Write(new byte[16]);
        foreach (var text in texts)
        {
            writer.Write(text.Length + 1);
            writer.Write(Encoding.Unicode.GetBytes(text + "\0"));
        }

        return stream.ToArray();
    }
}
