using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Tests.Architecture;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class CatalogueTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    [Fact]
    public void All243Options_AreThere() => Assert.Equal(243, Catalogue.Options.Count);

    [Fact]
    public void EachOption_HasAColumn_OrIsAnActionARemovedFlagOrAShortcut() =>
        Assert.Empty(
            Catalogue
                .Options.Where(option =>
                    !option.HasColumn && option.Emission is not (Emission.Action or Emission.Removed) && !option.Shortcut
                )
                .Select(option => option.Flag)
        );

    [Fact]
    public void EachOption_IsDescribed() =>
        Assert.Empty(Catalogue.Options.Where(option => option.Description.Length < 5).Select(option => option.Flag));

    [Fact]
    public void EachColumnOfTheConfigTables_IsAParameter()
    {
        string[] own = ["id", "model_id", "created_at", "updated_at", "revision", "forced_columns"];
        var missing =
            from section in ConfigSection.OfModel.Where(section => section != ConfigSection.Model)
            from column in ColumnMap.For(ConfigSection.RowType(section)).Columns
            where !own.Contains(column) && Catalogue.FindColumn(column) is null
            select $"{section}.{column}";
        Assert.Empty(missing);
        Assert.DoesNotContain(
            ColumnMap.For(typeof(ServerConfig)).Columns,
            column => !own.Contains(column) && Catalogue.FindColumn(column) is null
        );
    }

    [Fact]
    public void EachDefault_IsAValueOfItsParameter()
    {
        var wrong = Catalogue.Columns.Where(definition =>
            definition.Default is { } known && ParameterValidator.Check(Catalogue, definition, known) is { IsError: true }
        );
        Assert.Empty(wrong.Select(definition => definition.Column));
    }

    [Fact]
    public void Templates_AreValid_AndNeverEmpty() =>
        Assert.All(
            ParameterTemplate.Standard,
            template =>
                Assert.All(
                    template.Values.SelectMany(section => section.Value),
                    pair => Assert.Null(ParameterValidator.Check(Catalogue, Catalogue.FindColumn(pair.Key)!, pair.Value))
                )
        );

    [Fact]
    public void Document_IsMadeFromTheCatalogue()
    {
        var path = Path.Combine(Source.Root, "docs", "parameters.md");
        var text = ParameterReference.Markdown(Catalogue);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, text);
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == text,
            "docs/parameters.md is older than the catalogue. Write it again with: UPDATE_DOCS=1 dotnet test --filter CatalogueTests"
        );
    }

    [Fact]
    public void SettingsOfTheDashboard_AreNotSaidToBeTheEnginesChoice()
    {
        var runtime = ParameterCatalogue.Current.Section(ConfigSection.Runtime).ToList();
        Assert.NotEmpty(runtime);
        Assert.All(runtime, definition => Assert.DoesNotContain("engine", ParameterText.Placeholder(definition, null)));
    }
}
