using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class FailureTextTests
{
    [Theory]
    [InlineData("No space left on device : '/data/x.memsnap.17-2a.tmp'", "No space left on device.")]
    [InlineData("Read-only file system : '/data/it's : 'here'", "Read-only file system.")]
    [InlineData("The file is odd.", "The file is odd.")]
    public void A_message_that_names_a_file_does_not_name_its_temporary_file_too(string message, string expected) =>
        Assert.Equal(expected, FailureText.OfFile(new IOException(message)));

    [Fact]
    public void A_missing_file_is_said_to_be_missing() =>
        Assert.Equal("it does not exist.", FailureText.OfFile(new FileNotFoundException("Could not find file '/data/x'.")));

    [Fact]
    public void A_folder_that_takes_no_files_is_said_to_be_one() =>
        Assert.Equal("no file can be created there.", FailureText.OfNewFile(new FileNotFoundException("Could not find file '/proc/x'.")));

    [Fact]
    public void Denied_access_is_said_without_the_name() =>
        Assert.Equal("access is denied.", FailureText.OfNewFile(new UnauthorizedAccessException("Access to the path '/sys/x.17-2a.tmp' is denied.")));

    [Fact]
    public void A_failure_that_names_a_file_names_it_once() =>
        Assert.Equal("cannot open /data/x: No space left on device.", FailureText.Of(new IOException("No space left on device : '/data/x'")));

    [Fact]
    public void A_closed_output_is_not_a_matter_of_access() =>
        Assert.Equal("it is not open for writing.", FailureText.OfOutput(new UnauthorizedAccessException("Access to the path is denied.")));
}
