using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class FailureTextTests
{
    [Theory]
    [InlineData("No space left on device : '/data/x.memsnap.17-2a.tmp'", "No space left on device.")]
    [InlineData("Read-only file system : '/data/it's : 'here'", "Read-only file system.")]
    [InlineData("The file 'x' exists.", "The file 'x' exists.")]
    public void A_message_that_names_a_file_does_not_name_its_temporary_file_too(string message, string expected) =>
        Assert.Equal(expected, FailureText.OfFile(new IOException(message)));

    [Fact]
    public void A_missing_file_is_said_to_be_missing() =>
        Assert.Equal("it does not exist.", FailureText.OfFile(new FileNotFoundException("Could not find file '/data/x'.")));

    [Fact]
    public void A_closed_output_is_not_a_matter_of_access() =>
        Assert.Equal("it is not open for writing.", FailureText.OfOutput(new UnauthorizedAccessException("Access to the path is denied.")));
}
