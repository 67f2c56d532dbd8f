using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Tests.Domain.Models.Gguf;

public sealed class ModelFileNameTests
{
    [Theory]
    [InlineData("Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q4_K_M")]
    [InlineData("big-00001-of-00003.gguf", "big")]
    [InlineData("Plain.GGUF", "Plain")]
    [InlineData("7.gguf", "model-7")]
    [InlineData(".gguf", "model-")]
    [InlineData("a\nb\u202Ec.gguf", "a_b_c")]
    public void Name_IsTheFileName_MadeSafe(string file, string name) => Assert.Equal(name, ModelFileName.ModelName(file));

    [Theory]
    [InlineData("Qwen3-8B-Q4_K_M.gguf", "Q4_K_M")]
    [InlineData("m.iq2_xxs.gguf", "IQ2_XXS")]
    [InlineData("gpt-oss-20b-mxfp4.gguf", "MXFP4")]
    [InlineData("tiny-llama-F16.gguf", "F16")]
    [InlineData("mistral-7b-v0.1.gguf", null)]
    public void Quantisation_IsFoundInTheName(string file, string? quantization) =>
        Assert.Equal(quantization, ModelFileName.Quantization(file));

    [Theory]
    [InlineData("m-00002-of-00010.gguf", "m", 2, 10)]
    [InlineData("m-00000-of-00010.gguf", null, 0, 0)]
    [InlineData("m-00011-of-00010.gguf", null, 0, 0)]
    [InlineData("m-1-of-2.gguf", null, 0, 0)]
    [InlineData("-00001-of-00002.gguf", null, 0, 0)]
    public void SplitNames_AreCountedFromOne(string file, string? prefix, int part, int count)
    {
        var split = SplitName.Parse(file);
        Assert.Equal(prefix is null ? null : new SplitName(prefix, part, count), split);
        if (split is not null)
            Assert.Equal(file, split.FileName(part));
    }

    [Theory]
    [InlineData("mmproj-Qwen2-VL-7B-f16.gguf", "qwen2vl7b")]
    [InlineData("Qwen2-VL-7B-Q4_K_M.gguf", "qwen2vl7b")]
    [InlineData("mmproj-model-f16.gguf", "")]
    public void PairingKey_IgnoresQuantisationAndProjectorWords(string file, string key) =>
        Assert.Equal(key, ModelFileName.PairingKey(file));
}
