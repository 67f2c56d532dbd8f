using System.Text;
using LlamaBlazor.Domain.Cache;

namespace LlamaBlazor.Tests.Domain.Cache;

public sealed class PromptMaskTests
{
    private const string Prompt = "Ünïcode \"quoted\"\nline \\ </s>";

    [Theory]
    [InlineData("", "")]
    [InlineData("<s>", "")]
    [InlineData("<s> ", "[/INST]")]
    public void Prompt_IsTakenOut_AndPutBack(string before, string behind)
    {
        var answer = System.Text.Json.JsonSerializer.Serialize(
            new
            {
                content = "hi",
                prompt = before + Prompt + behind,
                nested = new { prompt = "other" },
            }
        );
        var hidden = PromptMask.Hide(Encoding.UTF8.GetBytes(answer), Prompt)!;
        Assert.DoesNotContain("quoted", Encoding.UTF8.GetString(hidden));
        var shown = System.Text.Json.JsonDocument.Parse(PromptMask.Show(hidden, Prompt)).RootElement;
        Assert.Equal(
            (before + Prompt + behind, "hi", "other"),
            (
                shown.GetProperty("prompt").GetString(),
                shown.GetProperty("content").GetString(),
                shown.GetProperty("nested").GetProperty("prompt").GetString()
            )
        );
    }

    [Theory]
    [InlineData("""{"prompt":"something else"}""")]
    [InlineData("""{"prompt":[1,2,3]}""")]
    [InlineData("""{"prompt":null}""")]
    [InlineData("""[{"prompt":"x"}]""")]
    [InlineData("""{"prompt":"x""")]
    [InlineData("")]
    public void WhatCannotBeTakenOut_IsNotKept(string answer) => Assert.Null(PromptMask.Hide(Encoding.UTF8.GetBytes(answer), "x y"));

    [Fact]
    public void EmptyPrompt_HidesNothing() => Assert.Null(PromptMask.Hide("""{"prompt":"<s>secret"}"""u8, ""));

    [Fact]
    public void LongTextBesideThePrompt_IsNotKept() =>
        Assert.Null(PromptMask.Hide(Encoding.UTF8.GetBytes($$"""{"prompt":"{{new string('s', 80)}}x y"}"""), "x y"));

    [Fact]
    public void AnswerWithoutAPrompt_StaysAsItIs()
    {
        var answer = """{ "content" : "x y" }"""u8.ToArray();
        Assert.Equal(answer, PromptMask.Hide(answer, "x y"));
        Assert.Equal(answer, PromptMask.Show(answer, "x y"));
    }
}
