using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Tests.Domain.Models.Library;

public sealed class UsualPlaceTests
{
    [Fact]
    public void Variables_Win_OverDefaults()
    {
        var plain = UsualPlace.Find(_ => null, "/home/me").Select(place => place.Path).ToList();
        Assert.Contains("/home/me/.cache/huggingface/hub", plain);
        Assert.Contains("/home/me/.cache/llama.cpp", plain);
        var moved = UsualPlace
            .Find(
                name =>
                    name is "HF_HOME" ? "/big/hf"
                    : name is "LLAMA_CACHE" ? "/big/llama"
                    : "",
                "/home/me"
            )
            .Select(place => place.Path)
            .ToList();
        Assert.Contains("/big/hf/hub", moved);
        Assert.Contains("/big/llama", moved);
    }
}
