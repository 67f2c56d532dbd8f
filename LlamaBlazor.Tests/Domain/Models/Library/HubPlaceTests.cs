using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Tests.Domain.Models.Library;

public sealed class HubPlaceTests
{
    private const string Repository = "/home/u/.cache/huggingface/hub/models--a--b";

    [Fact]
    public void Place_IsReadFromThePath()
    {
        Assert.Equal(new HubPlace(Repository, "abc", "UD-Q4/x.gguf"), HubPlace.Parse($"{Repository}/snapshots/abc/UD-Q4/x.gguf"));
        Assert.Null(HubPlace.Parse("/models/snapshots/abc/x.gguf"));
        Assert.Null(HubPlace.Parse($"{Repository}/snapshots/abc"));
    }

    [Theory]
    [InlineData("bbb", "bbb")]
    [InlineData("aaa", "aaa")]
    [InlineData(null, "bbb")] // the youngest
    [InlineData("gone", "bbb")]
    public void OfSeveralSnapshots_MainDecides(string? main, string chosen)
    {
        ModelFile[] files = [At("aaa", "x.gguf", 1), At("bbb", "x.gguf", 2), At("aaa", "only-here.gguf", 1), new("/models/x.gguf", 1, 1)];
        Assert.Equal(
            [$"{Repository}/snapshots/{chosen}/x.gguf", $"{Repository}/snapshots/aaa/only-here.gguf", "/models/x.gguf"],
            HubPlace.Choose(files, _ => main).Select(file => file.Path)
        );
    }

    private static ModelFile At(string revision, string file, long time) => new($"{Repository}/snapshots/{revision}/{file}", 1, time);
}
