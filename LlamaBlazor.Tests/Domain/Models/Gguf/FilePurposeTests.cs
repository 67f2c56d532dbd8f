using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Domain.Models.Gguf;

/// <summary>What is no model although it is a GGUF file, and formats that only a fork knows.</summary>
public sealed class FilePurposeTests
{
    private const int ForkType = 144; // IQ4_KS of ik_llama.cpp

    [Theory]
    [InlineData("flux", "double_blocks.0.img_attn.qkv.weight", "an image generator ('flux')")]
    [InlineData("sdxl", "input_blocks.0.0.weight", "an image generator ('sdxl')")]
    [InlineData("wan", "blocks.0.self_attn.q.weight", "a video generator ('wan')")]
    [InlineData("brandnew", "transformer_blocks.0.attn.weight", "names no number of layers (brandnew.block_count)")]
    public void Generators_AreNoModels(string architecture, string tensor, string words) =>
        Assert.Contains(
            words,
            Of(
                new GgufWriter().Add("general.architecture", architecture).Add("general.file_type", 2u).AddTensor(tensor, "F16", 64, 64)
            ).Failure!.Message
        );

    [Fact]
    public void TextEncoders_AreNoModels()
    {
        Assert.Contains("text encoder", Of(GgufSamples.Model("t5encoder", "t5xxl", new GgufWriter())).Failure!.Message);
        Assert.Contains(
            "text encoder (clip)",
            Of(
                new GgufWriter()
                    .Add("general.architecture", "clip")
                    .Add("clip.has_text_encoder", true)
                    .AddTensor("text_model.encoder.weight", "F16", 64, 64)
            ).Failure!.Message
        );
    }

    [Theory]
    [InlineData("general.type", "imatrix")]
    [InlineData("general.architecture", "imatrix")]
    [InlineData("imatrix.datasets", "cal.txt")]
    public void ImportanceMatrices_AreNoModels(string key, string value) =>
        Assert.Contains(
            "importance matrix",
            Of(new GgufWriter().Add(key, value).AddTensor("blk.0.attn_q.weight.in_sum2", "F32", 64)).Failure!.Message
        );

    [Fact]
    public void ImportanceMatrixWithoutKeys_IsToldByItsTensors() =>
        Assert.Contains(
            "importance matrix",
            Of(
                new GgufWriter()
                    .Add("general.architecture", "llama")
                    .AddTensor("blk.0.attn_q.weight.in_sum2", "F32", 64)
                    .AddTensor("blk.0.attn_q.weight.counts", "F32", 1)
            ).Failure!.Message
        );

    [Fact]
    public void Adapters_AndControlVectors_AreAdapters()
    {
        Assert.Equal(ModelRole.Adapter, Of(GgufSamples.Adapter()).Value.Role);
        Assert.Equal(
            ModelRole.Adapter,
            Of(
                new GgufWriter()
                    .Add("general.architecture", "controlvector")
                    .Add("controlvector.layer_count", 4u)
                    .AddTensor("direction.1", "F32", 64)
            ).Value.Role
        );
    }

    [Fact]
    public void HeadThatPredictsFurtherTokens_IsADraft_AModelWithOneIsNot()
    {
        GgufWriter Head() =>
            new GgufWriter()
                .Add("general.architecture", "qwen35")
                .Add("qwen35.block_count", 5u)
                .Add("qwen35.nextn_predict_layers", 1u)
                .AddTensor("token_embd.weight", "F16", 64, 4)
                .AddTensor("blk.4.nextn.eh_proj.weight", "F16", 128, 64)
                .AddTensor("blk.4.attn_q.weight", "F16", 64, 64);
        Assert.Equal(ModelRole.Draft, Of(Head()).Value.Role);
        Assert.Equal(ModelRole.Model, Of(Head().AddTensor("blk.0.attn_q.weight", "F16", 64, 64)).Value.Role);
        Assert.Equal(ModelRole.Draft, Of(GgufSamples.Model("eagle3", "e", new GgufWriter())).Value.Role);
    }

    [Fact]
    public void UnknownFormats_CountByTheirPlaces_AndAreNamed()
    {
        var file = Read(Fork());
        // up to the next tensor, and to the end
        Assert.Equal([64L * 4 * 2, 1024, 64 * 64 * 2, 20_000], file.Tensors.Select(tensor => tensor.Bytes));
        Assert.Equal("unknown (144)", ModelMetadata.Of(file).Value.Quantization);
        Assert.Equal("IQ4_KS", ModelMetadata.Of(file, "Papa-MTP-IQ4_KS.gguf").Value.Quantization);
        Assert.Equal("IQ5_K_R4", ModelMetadata.Of(file, "Papa-IQ5_K_R4.gguf").Value.Quantization);
        Assert.Equal("unknown (144)", ModelMetadata.Of(file, "papa.gguf").Value.Quantization);
    }

    [Fact]
    public void UnknownFormats_CountInTheEstimate()
    {
        var estimate = MemoryEstimator.Estimate(ModelGeometry.Of(Read(Fork())), new MemorySettings(), [], null);
        Assert.Equal((64 * 4 * 2) + 1024 + (64 * 64 * 2) + 20_000, estimate.WeightsBytes);
    }

    // Two tensors of an unknown format: 1024 bytes before one that is known, 20,000 to the end.
    private static byte[] Fork()
    {
        var header = new GgufWriter()
            .Add("general.architecture", "qwen35")
            .Add("qwen35.block_count", 1u)
            .Add("general.file_type", 147u)
            .AddTensor("token_embd.weight", "F16", 64, 4)
            .AddTensorRaw("blk.0.attn_q.weight", ForkType, 512, 64, 32)
            .AddTensorRaw("blk.0.attn_k.weight", GgmlType.Find("F16")!.Id, 1536, 64, 64)
            .AddTensorRaw("blk.0.ffn_up.weight", ForkType, 9728, 64, 64)
            .Header();
        return [.. header, .. new byte[9728 + 20_000]];
    }

    private static Result<ModelMetadata> Of(GgufWriter writer) => ModelMetadata.Of(Read(writer.ToArray()));

    private static GgufFile Read(byte[] bytes) => GgufReader.Read(new MemoryStream(bytes)).Value;
}
