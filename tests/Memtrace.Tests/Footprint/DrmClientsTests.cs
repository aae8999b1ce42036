using Memtrace.Footprint;

namespace Memtrace.Tests.Footprint;

public sealed class DrmClientsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fdinfo");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Memory_of_all_regions_and_clients_is_added_up_and_a_client_with_two_descriptors_counts_once()
    {
        Add("0", "pos:\t0\nflags:\t02\n");
        Add("5", "pos:\t0\ndrm-driver:\tamdgpu\ndrm-pdev:\t0000:03:00.0\ndrm-client-id:\t7\ndrm-memory-vram:\t2048 KiB\ndrm-memory-gtt:\t3 MiB\n");
        Add("6", "pos:\t0\ndrm-driver:\tamdgpu\ndrm-pdev:\t0000:03:00.0\ndrm-client-id:\t7\ndrm-memory-vram:\t2048 KiB\ndrm-memory-gtt:\t3 MiB\n");
        Add("7", "drm-driver:\txe\ndrm-pdev:\t0000:00:02.0\ndrm-client-id:\t7\ndrm-total-vram0:\t90 MiB\ndrm-resident-vram0:\t4194304\ndrm-shared-vram0:\t1 MiB\n");
        Add("8", "drm-driver:\tmsm\ndrm-client-id:\t9\ndrm-total-memory:\t1 GiB\n");

        Assert.Equal((2L << 20) + (3 << 20) + (4 << 20) + (1L << 30), DrmClients.Read(_folder.FullName));
    }

    [Theory]
    [InlineData("pos:\t0\n")]
    [InlineData("")]
    public void A_process_without_graphics_has_none(string text)
    {
        Add("1", text);

        Assert.Null(DrmClients.Read(_folder.FullName));
    }

    [Fact]
    public void Odd_figures_are_none()
    {
        Add("1", "drm-driver:\tx\ndrm-memory-vram:\tmany KiB\ndrm-memory-gtt:\t99999999999999999 GiB\ndrm-memory-cpu:\t-5 KiB\ndrm-total-:\t\n");

        Assert.Equal(0, DrmClients.Read(_folder.FullName));
    }

    [Fact]
    public void A_missing_folder_is_unknown() => Assert.Null(DrmClients.Read(Path.Join(_folder.FullName, "gone")));

    private void Add(string name, string text) => File.WriteAllText(Path.Join(_folder.FullName, name), text);
}
