using System.Text.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Gguf;

public sealed class ModelFactsTests
{
    [Fact]
    public void Model_Tells_EverythingTheLibraryShows()
    {
        var model = new Model();
        Facts(GgufSamples.Llama()).Apply(model);
        Assert.Equal(
            ("model", "llama", "llama", "GGUF v3", "F16", 1L),
            (model.Role, model.Type, model.Architecture, model.Format, model.Quantization, model.FileType)
        );
        Assert.Equal(
            (2048L, 64L, 2L, 4L, 2L, 128L, 64L),
            (model.ContextLength, model.EmbeddingSize, model.BlockCount, model.HeadCount, model.HeadCountKv, model.FfnDim, model.VocabSize)
        );
        Assert.Equal(("100K", 82_240L), (model.Params, model.ParameterCount));
        Assert.StartsWith("{% for", model.ChatTemplateText);
        var json = JsonDocument.Parse(model.MetadataJson!).RootElement;
        Assert.Equal(2048, json.GetProperty("llama.context_length").GetInt32());
        Assert.Equal("tiny", json.GetProperty("general.tags")[1].GetString());
        Assert.False(json.TryGetProperty("tokenizer.chat_template", out _));
    }

    [Fact]
    public void Kinds_AreRecognised()
    {
        Assert.Equal(ModelRole.Projector, Facts(GgufSamples.Projector()).Role);
        Assert.Equal(ModelRole.Adapter, Facts(GgufSamples.Adapter()).Role);
        Assert.Equal(ModelRole.Vocabulary, Facts(GgufSamples.Vocabulary()).Role);
        Assert.Contains("imatrix", Of(new GgufWriter().Add("general.type", "imatrix").Add("general.architecture", "x")).Failure!.Message);
        Assert.Contains("architecture", Of(new GgufWriter().AddTensor("t", "F32", 8)).Failure!.Message);
    }

    [Theory]
    [InlineData("plain name", "plain name")]
    [InlineData("a\nssh-ed25519 AAAA\r\nb", "a ssh-ed25519 AAAA b")]
    [InlineData("a\u001b[31mred\u2028b\u0000", "a [31mred b")]
    public void Title_IsOneLine(string name, string title) =>
        Assert.Equal(title, Facts(GgufSamples.Model("llama", name, new GgufWriter())).Title);

    [Theory]
    [InlineData("gpt-oss", "x", "gpt")]
    [InlineData("llama", "Mistral 7B", "mistral")]
    [InlineData("llama", "Llama 3", "llama")]
    [InlineData("qwen3", "Qwen", "qwen3")]
    public void Family_FollowsTheArchitecture(string architecture, string name, string family) =>
        Assert.Equal(family, Facts(GgufSamples.Model(architecture, name, new GgufWriter())).Type);

    [Fact]
    public void PerLayerHeads_GiveTheLargest_AndStayInTheMetadata()
    {
        var model = new Model();
        Facts(
                new GgufWriter()
                    .Add("general.architecture", "openelm")
                    .Add("openelm.block_count", 3u)
                    .Add("openelm.attention.head_count", new[] { 12, 20, 16 })
                    .Add("openelm.attention.head_count_kv", new[] { 3, 5, 4 })
                    .AddTensor("t", "F32", 8)
            )
            .Apply(model);
        Assert.Equal((20L, 5L), (model.HeadCount, model.HeadCountKv));
        Assert.Equal(
            [3, 5, 4],
            JsonDocument
                .Parse(model.MetadataJson!)
                .RootElement.GetProperty("openelm.attention.head_count_kv")
                .EnumerateArray()
                .Select(e => e.GetInt32())
        );
    }

    [Theory]
    [InlineData(15u, "Q4_K_M")]
    [InlineData(1024u + 7, "Q8_0")]
    [InlineData(5u, "Q8_0")]
    public void Quantisation_ComesFromTheFileType_ElseFromTheTensors(uint fileType, string expected) =>
        Assert.Equal(
            expected,
            Facts(
                new GgufWriter()
                    .Add("general.architecture", "x")
                    .Add("x.block_count", 1u)
                    .Add("general.file_type", fileType)
                    .AddTensor("a", "F32", 8)
                    .AddTensor("b", "Q8_0", 64, 64)
            ).Quantization
        );

    [Fact]
    public void NumbersWithoutJson_AreWrittenAsText() =>
        Assert.Equal(
            "NaN",
            JsonDocument
                .Parse(
                    MetadataText.Json(
                        Facts(
                            new GgufWriter()
                                .Add("general.architecture", "x")
                                .Add("x.block_count", 1u)
                                .Add("k", float.NaN)
                                .AddTensor("t", "F32", 8)
                        ).Metadata
                    )
                )
                .RootElement.GetProperty("k")
                .GetString()
        );

    [Theory]
    [InlineData(0, null)]
    [InlineData(950, "950")]
    [InlineData(107_712, "108K")]
    [InlineData(7_240_000_000, "7.2B")]
    [InlineData(70_000_000_000, "70B")]
    [InlineData(1_040_000_000_000, "1T")]
    public void SizeLabel_ReadsAsModelCardsDo(long weights, string? label) => Assert.Equal(label, SizeLabel.Of(weights));

    private static ModelMetadata Facts(GgufWriter writer) => Of(writer).Value;

    private static LlamaBlazor.Domain.Common.Result<ModelMetadata> Of(GgufWriter writer) =>
        ModelMetadata.Of(GgufReader.Read(new MemoryStream(writer.ToArray())).Value);
}
