using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Maintenance.Legacy;

namespace LlamaBlazor.Tests.Domain.Maintenance;

/// <summary>The kinds of older databases: one source each, told apart by tables and columns.</summary>
public sealed class LegacySourcesTests
{
    [Theory]
    [InlineData("ngc_images(id)", LegacyKind.Mlenv)]
    [InlineData("container_instances(id); models(name, parameters); cache(cache_key)", LegacyKind.Mlenv)]
    [InlineData("model_sampling_config(id); models(name, filename)", LegacyKind.V2)]
    [InlineData("cache(CACHE_KEY)", LegacyKind.Cyllama)]
    [InlineData("stats(generated_tokens)", LegacyKind.Cyllama)]
    [InlineData("models(filename, parameters)", LegacyKind.Cyllama)]
    [InlineData("models(id, name, parameters)", LegacyKind.AsyncProxy)]
    [InlineData("models(name, favorite, params)", LegacyKind.AsyncProxy)]
    [InlineData("models(path); logs(source)", LegacyKind.AsyncProxy)]
    [InlineData("server_config(key, value)", LegacyKind.AsyncProxy)]
    [InlineData("models(name, favorite); logs(source); server_config(value)", LegacyKind.WideV1)]
    [InlineData("models(Name)", LegacyKind.WideV1)]
    [InlineData("cache(id); stats(id); models(path); logs(id); server_config(key)", null)]
    [InlineData("Models(name)", null)]
    [InlineData("", null)]
    public void Kind_IsTold_ByTablesAndColumns(string tables, LegacyKind? kind) =>
        Assert.Equal(kind, LegacySources.Recognise(Tables(tables))?.Kind);

    [Fact]
    public void EachKind_HasOneSource_WithAMarkOfItsOwn()
    {
        Assert.Equal(Enum.GetValues<LegacyKind>(), LegacySources.All.Select(source => source.Kind).Order());
        Assert.All(Enum.GetValues<LegacyKind>(), kind => Assert.Equal(kind, LegacySources.Of(kind).Kind));
        Assert.Distinct(LegacySources.All.Select(source => source.Mark));
    }

    [Fact]
    public void EachTable_IsTakenOverInOneWay_AfterThoseItsRowsName()
    {
        var names = LegacySources.Tables.Select(table => table.Name).ToList();
        Assert.Distinct(names);
        Assert.DoesNotContain(names, LegacySources.KeptAside.ContainsKey);
        foreach (
            var (parent, child) in new[] { ("ngc_images", "image_versions"), ("users", "audit_log"), ("users", "container_instances") }
        )
            Assert.InRange(names.IndexOf(parent), 0, names.IndexOf(child) - 1);
    }

    private static LegacyTables Tables(string text) =>
        new(
            text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(table => table.TrimEnd(')').Split('('))
                .ToDictionary(
                    table => table[0],
                    table => (IReadOnlyList<string>)table[1].Split(',', StringSplitOptions.TrimEntries),
                    StringComparer.Ordinal
                )
        );
}
