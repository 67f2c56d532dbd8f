using LlamaBlazor.Domain.Models.Downloads;

namespace LlamaBlazor.Tests.Domain.Models.Downloads;

public sealed class HubChoiceTests
{
    private static readonly HubFile[] Files =
    [
        new("README.md", 5, null),
        new("m-Q4_K_M.gguf", 40, null),
        new("m-Q4_K_S.gguf", 38, null),
        new("m-UD-Q4_K_XL.gguf", 41, null),
        new("m-Q8_0.gguf", 80, null),
        new("mmproj-BF16.gguf", 6, null),
        new("mmproj-F16.gguf", 6, null),
        new("BF16/m-BF16-00001-of-00002.gguf", 90, null),
        new("BF16/m-BF16-00002-of-00002.gguf", 70, null),
        new("holes-00001-of-00003.gguf", 200, null),
    ];

    [Fact]
    public void Files_BecomeChoices_BySize_ProjectorsLast()
    {
        var choices = HubChoice.Group(Files);
        Assert.Equal(
            ["m-Q4_K_S", "m-Q4_K_M", "m-UD-Q4_K_XL", "m-Q8_0", "m-BF16", "holes", "mmproj-BF16", "mmproj-F16"],
            choices.Select(choice => choice.Name)
        );
        Assert.Equal(("BF16", 160, 2, 0), (choices[4].Quantization, choices[4].Size, choices[4].Files.Count, choices[4].MissingParts));
        Assert.Equal(2, choices[5].MissingParts);
        Assert.Equal("mmproj-F16", HubChoice.FindProjector(choices)!.Name);
    }

    [Theory]
    [InlineData(null, "m-Q4_K_M")]
    [InlineData("latest", "m-Q4_K_M")]
    [InlineData("q8_0", "m-Q8_0")]
    [InlineData("Q4_K_S", "m-Q4_K_S")]
    [InlineData("UD-Q4_K_XL", "m-UD-Q4_K_XL")]
    [InlineData("BF16", "m-BF16")]
    [InlineData("Q4_K", null)]
    [InlineData("Q2_K", null)]
    public void Word_MeansOneChoice(string? word, string? name) => Assert.Equal(name, HubChoice.Find(HubChoice.Group(Files), word)?.Name);

    [Fact]
    public void ImportanceMatrix_IsNoModel() =>
        Assert.Equal(
            ["m-imatrix-Q4_K_M"],
            HubChoice
                .Group([new("imatrix.gguf", 1, null), new("m.imatrix.gguf", 1, null), new("m-imatrix-Q4_K_M.gguf", 40, null)])
                .Select(choice => choice.Name)
        );

    [Fact]
    public void Nothing_IsMeant_WhereNothingIs() => Assert.Null(HubChoice.Find(HubChoice.Group([new("mmproj.gguf", 1, null)]), null));
}
