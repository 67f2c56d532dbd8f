using Bunit;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Parameters;

namespace LlamaBlazor.Tests.Components.Parameters;

public sealed class ParameterFieldTests : BunitContext
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    public static TheoryData<string> Columns => [.. Catalogue.Columns.Select(definition => definition.Column)];

    [Theory]
    [MemberData(nameof(Columns))]
    public void EachColumn_HasALabelledControl_WithItsHelp(string column)
    {
        var definition = Catalogue.FindColumn(column)!;
        var field = Field(definition, "", _ => { });
        var control = field.Find($"#p-{column}");
        Assert.Equal(definition.Label, field.Find($"#p-{column}-label").TextContent);
        Assert.All(control.GetAttribute("aria-describedby")!.Split(' '), id => Assert.NotNull(field.Find("#" + id)));
        Assert.Contains(definition.Description, field.Find($"#p-{column}-help").TextContent);
        if (definition.Kind == ParameterKind.Switch)
            Assert.Equal($"p-{column}-label", control.GetAttribute("aria-labelledby"));
        else
            Assert.Equal($"p-{column}", field.Find($"#p-{column}-label").GetAttribute("for"));
    }

    [Fact]
    public void Typing_ReportsColumnAndText()
    {
        (string, string)? seen = null;
        var field = Field(Catalogue.FindColumn("ctx_size")!, "", edit => seen = edit);
        field.Find("input").Change("4096x");
        Assert.Equal(("ctx_size", "4096x"), seen);
    }

    [Fact]
    public void Switch_ReportsItsThreeStates()
    {
        var seen = new List<string>();
        var field = Field(Catalogue.FindColumn("mmap")!, "1", edit => seen.Add(edit.Text));
        foreach (var option in new[] { 2, 1, 0 })
            field.FindAll("input[type=radio]")[option].Change("on");
        Assert.Equal(["0", "1", ""], seen);
    }

    [Fact]
    public void Reset_IsOfferedOnlyWhereSomethingIsSet()
    {
        string? seen = null;
        var definition = Catalogue.FindColumn("temperature")!;
        Assert.True(Field(definition, "", _ => { }).Find(".lb-param-reset").HasAttribute("disabled"));
        Field(definition, "0.5", edit => seen = edit.Text).Find(".lb-param-reset").Click();
        Assert.Equal("", seen);
    }

    [Fact]
    public void Error_StandsBesideTheControl_AndIsAnnounced()
    {
        var field = Render<ParameterField>(parameters =>
            parameters
                .Add(f => f.Column, "top_k")
                .Add(f => f.Label, "Top-k")
                .Add(f => f.Kind, ParameterKind.WholeNumber)
                .Add(f => f.Text, "abc")
                .Add(f => f.Error, "Not a number.")
        );
        Assert.Equal("true", field.Find("input").GetAttribute("aria-invalid"));
        Assert.Equal("abc", field.Find("input").GetAttribute("value"));
        Assert.Equal("Not a number.", field.Find("#p-top_k-meta [role=alert]").TextContent);
    }

    [Fact]
    public void Field_RendersOnlyWhenItsValuesChange()
    {
        var field = Field(Catalogue.FindColumn("top_k")!, "5", _ => { });
        var renders = field.RenderCount;
        field.Render(parameters => parameters.Add(f => f.Text, "5"));
        Assert.Equal(renders, field.RenderCount);
        field.Render(parameters => parameters.Add(f => f.Text, "6"));
        Assert.Equal("6", field.Find("input").GetAttribute("value"));
    }

    [Fact]
    public void Secret_IsHidden() =>
        Assert.Equal("password", Field(Catalogue.FindColumn("hf_token")!, "***", _ => { }).Find("input").GetAttribute("type"));

    [Fact]
    public void Items_AreRows_AndAPastedTextOfSeveralLinesBecomesSeveral()
    {
        var seen = new List<string>();
        var field = Field(Catalogue.FindColumn("reverse_prompt")!, "one\ntwo", edit => seen.Add(edit.Text));
        Assert.Equal(["one", "two"], field.FindAll("textarea").Select(row => row.GetAttribute("value")));
        field.FindAll("textarea")[1].Change("b\r\nc");
        field.Find("[aria-label='Remove item 1']").Click();
        field.Find(".lb-rows-add").Click();
        Assert.Equal(["one\nb\nc", "b\nc"], seen);
        Assert.Equal(3, field.FindAll("textarea").Count);
    }

    [Fact]
    public void LogitBias_IsTokenAndBias_AndKeepsWhatIsNeither()
    {
        var seen = new List<string>();
        var field = Field(Catalogue.FindColumn("logit_bias")!, "15043+1\nnonsense", edit => seen.Add(edit.Text));
        Assert.Equal(["15043", "nonsense"], field.FindAll("textarea").Select(row => row.GetAttribute("value")));
        field.FindAll(".lb-rows-bias")[0].Change("2.5");
        field.FindAll("textarea")[1].Change("7");
        field.FindAll(".lb-rows-bias")[1].Change("-inf");
        Assert.Equal("15043+2.5\n7-inf", seen[^1]);
    }

    [Fact]
    public void Environment_IsATableOfNamesAndValues()
    {
        var seen = new List<string>();
        var text = """{"GGML_X":"1","MY_TOKEN":"***","GONE":null}""";
        var field = Field(Catalogue.FindColumn("environment")!, text, edit => seen.Add(edit.Text));
        Assert.Equal(
            ["GGML_X", "1", "MY_TOKEN", "***", "GONE", "taken away"],
            field.FindAll("input").Select(input => input.GetAttribute("value"))
        );
        field.FindAll("input")[1].Change("2");
        Assert.Equal("""{"GGML_X":"2","MY_TOKEN":"***","GONE":null}""", seen[^1]);
        field.FindAll("[title=Remove]")[0].Click();
        Assert.Equal("""{"MY_TOKEN":"***","GONE":null}""", seen[^1]);
        field.Find(".lb-rows-add").Click();
        field.FindAll("input")[4].Change("CUDA_VISIBLE_DEVICES");
        field.FindAll("input")[5].Change("0,1");
        Assert.Equal("""{"MY_TOKEN":"***","GONE":null,"CUDA_VISIBLE_DEVICES":"0,1"}""", seen[^1]);
    }

    [Fact]
    public void Path_OffersToBrowse()
    {
        string? asked = null;
        var field = Render<ParameterField>(parameters =>
            parameters
                .Add(f => f.Column, "grammar_file")
                .Add(f => f.Label, "Grammar file")
                .Add(f => f.Kind, ParameterKind.Path)
                .Add(f => f.OnBrowse, (string column) => asked = column)
        );
        field.Find("[title=Browse]").Click();
        Assert.Equal("grammar_file", asked);
    }

    private IRenderedComponent<ParameterField> Field(
        ParameterDefinition definition,
        string text,
        Action<(string Column, string Text)> change
    ) =>
        Render<ParameterField>(parameters =>
            parameters
                .Add(f => f.Column, definition.Column)
                .Add(f => f.Label, definition.Label)
                .Add(f => f.Description, definition.Description)
                .Add(f => f.Flag, definition.Flag)
                .Add(f => f.Note, definition.Note)
                .Add(f => f.Kind, definition.Kind)
                .Add(f => f.Text, text)
                .Add(f => f.Choices, definition.Choices)
                .Add(f => f.Secret, definition.Secret)
                .Add(f => f.OnChange, change)
        );
}
