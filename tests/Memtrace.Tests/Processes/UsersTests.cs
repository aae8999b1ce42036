using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class UsersTests
{
    [Fact]
    public void The_first_name_of_a_number_counts_and_damaged_lines_do_not()
    {
        var names = Users.Parse(["root:x:0:0:root:/root:/bin/sh", "toor:x:0:0::/:/bin/sh", "app:x:1000:1000::/:/bin/sh", "", "half:x"]);

        Assert.Equal([KeyValuePair.Create(0, "root"), KeyValuePair.Create(1000, "app")], names.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void A_user_without_a_name_is_called_by_its_number() => Assert.Equal("1999999", Users.NameOf(1_999_999));
}
