using Bunit;
using LlamaBlazor.Web.Shared.Controls;

namespace LlamaBlazor.Tests.Components.Shared;

public sealed class NumberBoxTests : BunitContext
{
    [Theory]
    [InlineData("12", 12L)]
    [InlineData(" -3 ", -3L)]
    [InlineData("", null)]
    public async Task WholeNumbers_AreTaken(string text, long? number) => Assert.Equal((number, true), await TypeAsync<long>(text));

    [Theory]
    [InlineData("1,000")] // a thousand to some, one to others
    [InlineData("1.0")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("12abc")]
    [InlineData("101")]
    [InlineData("99999999999999999999")]
    public async Task OtherTexts_StayAsTyped_AreSaid_AndNotTaken(string text) => Assert.Equal((7L, false), await TypeAsync<long>(text));

    [Theory]
    [InlineData("0,5", 0.5)]
    [InlineData("1.25", 1.25)]
    public async Task Fractions_AreTaken_WithEitherMark(string text, double number) =>
        Assert.Equal((number, true), await TypeAsync<double>(text));

    [Theory]
    [InlineData("1,000")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,2,3")]
    public async Task WhatIsNoAmount_IsNotTaken(string text) => Assert.Equal((7.0, false), await TypeAsync<double>(text));

    // The value afterwards, 7 before, and whether nothing is wrong; what was typed must stand there either way.
    private async Task<(T? Value, bool IsRight)> TypeAsync<T>(string text)
        where T : struct, System.Numerics.INumber<T>
    {
        T? value = T.CreateChecked(7);
        var box = Render<NumberBox<T>>(parameters =>
            parameters.Bind(number => number.Value, value, number => value = number).Add(number => number.Max, T.CreateChecked(100))
        );
        await box.Find("input").ChangeAsync(text);
        Assert.Equal(text.Trim(), box.Find("input").GetAttribute("value") ?? "");
        return (value, box.FindAll("[role=alert]").Count == 0);
    }
}
