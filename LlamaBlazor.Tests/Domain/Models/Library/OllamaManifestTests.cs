using System.Text;
using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Tests.Domain.Models.Library;

public sealed class OllamaManifestTests
{
    private static readonly string Hash = new('a', 64);

    [Theory]
    [InlineData("registry.ollama.ai/library/llama3.2/3b", "llama3.2:3b")]
    [InlineData("registry.ollama.ai/someone/fine/latest", "someone/fine:latest")]
    [InlineData("hf.co/org/repo/Q4_K_M", "hf.co/org/repo:Q4_K_M")]
    public void Place_IsTheName(string place, string name)
    {
        var manifest = Read(
            place,
            $$"""{"schemaVersion":2,"layers":[{"mediaType":"application/vnd.ollama.image.license","digest":"sha256:x"},{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{{Hash}}","size":5}]}"""
        );
        Assert.Equal((name, "sha256-" + Hash, null), (manifest!.Name, manifest.ModelBlob, manifest.ProjectorBlob));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"layers":[{"digest":"sha256:1"}]}""")]
    [InlineData("""{"layers":{}}""")]
    public void Everything_Else_IsNone(string json) => Assert.Null(Read("a/b/c", json));

    [Theory]
    [InlineData("sha256:../../../etc/passwd")]
    [InlineData("sha512:aaaa")]
    [InlineData("")]
    public void Digest_ThatIsNoHash_LeadsNowhere(string digest) =>
        Assert.Null(
            Read("a/b/c", $$"""{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"{{digest}}"}]}""")!.ModelBlob
        );

    private static OllamaManifest? Read(string place, string json) => OllamaManifest.Read(place.Split('/'), Encoding.UTF8.GetBytes(json));
}
