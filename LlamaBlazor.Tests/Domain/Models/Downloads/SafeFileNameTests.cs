using System.Text;
using LlamaBlazor.Domain.Models.Downloads;

namespace LlamaBlazor.Tests.Domain.Models.Downloads;

public sealed class SafeFileNameTests
{
    [Theory]
    [InlineData("/a/b/model-Q4_K_M.gguf", "model-Q4_K_M.gguf")]
    [InlineData("../../etc/evil.gguf", "evil.gguf")]
    [InlineData(@"..\..\evil.gguf", "evil.gguf")]
    [InlineData("a/.hidden.gguf", "hidden.gguf")]
    [InlineData("a\nb\"<x>.gguf", "a_b__x_.gguf")]
    [InlineData("x\u202Efugg.gguf", "x_fugg.gguf")]
    [InlineData("CON.gguf", "_CON.gguf")]
    [InlineData("模型 é.GGUF", "模型 é.GGUF")]
    [InlineData("page.html", null)]
    [InlineData(".gguf", null)]
    [InlineData("", null)]
    [InlineData("..", null)]
    public void Name_IsOneSafeSegment(string path, string? name) => Assert.Equal(name, SafeFileName.FromPath(path));

    [Fact]
    public void LongName_IsCut_BeforeItsExtension()
    {
        var name = SafeFileName.FromPath(new string('é', 300) + "😀.gguf")!;
        Assert.EndsWith("é.gguf", name, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), SafeFileName.Bound - 3, SafeFileName.Bound);
    }

    [Theory]
    [InlineData("..", "_")]
    [InlineData("a/b", "a_b")]
    [InlineData("org-1", "org-1")]
    public void Folder_IsOneSegment(string name, string safe) => Assert.Equal(safe, SafeFileName.Folder(name));

    [Theory]
    [InlineData("m.gguf", true)]
    [InlineData("a/m.gguf", false)]
    [InlineData("m.bin", false)]
    public void Given_Names_MustBeSafe(string name, bool safe) => Assert.Equal(safe, SafeFileName.IsSafe(name));
}
