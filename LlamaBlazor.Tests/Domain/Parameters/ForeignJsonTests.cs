using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

/// <summary>JSON of others, within its bounds; and what old databases say in theirs.</summary>
public sealed class ForeignJsonTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    public static TheoryData<string, string, bool> Switches
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (
                var option in Catalogue.Options.Where(option =>
                    option.HasColumn && option.ValueType == typeof(bool) && option.Emission is Emission.Pair or Emission.Flag
                )
            )
            {
                foreach (var spelling in option.Spellings)
                {
                    data.Add(option.Column, spelling, true);
                    data.Add(option.Column, spelling, false);
                }
            }

            return data;
        }
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", "twice")]
    [InlineData("{\"a\":", "line 1")]
    [InlineData("[1,\n x]", "line 2")]
    public void WhatIsWrong_IsSaid(string text, string words) =>
        Assert.Contains(words, ForeignJson.Words(ForeignJson.Parse(text).Failure!));

    [Fact]
    public void Depth_HasABound()
    {
        Assert.True(ForeignJson.Parse(Nested(64)).IsSuccess);
        Assert.Contains("deeper than 64", ForeignJson.Words(ForeignJson.Parse(Nested(65)).Failure!));
        Assert.Contains(
            "deeper than 64",
            ParameterValidator.Check(Catalogue, Catalogue.FindColumn("chat_template_kwargs")!, "{\"a\":" + Nested(64) + "}")!.Message
        );
        Assert.Contains(
            "deeper than 32",
            ParameterValidator.Check(Catalogue, Catalogue.FindColumn("custom_params")!, "{\"--a\":" + Nested(32) + "}")!.Message
        );
        Assert.False(ForeignJson.Parse(Nested(100_000)).IsSuccess);
    }

    [Theory]
    [MemberData(nameof(Switches))]
    public void Switch_InAnOldDatabase_MeansWhatItsFlagMeans(string column, string spelling, bool on)
    {
        var definition = Catalogue.FindColumn(column)!;
        var model = new LegacyModelConverter(LegacyKind.V2, Catalogue).Convert(
            new Dictionary<string, object?>
            {
                ["name"] = "m",
                ["custom_params"] = JsonSerializer.Serialize(new Dictionary<string, bool> { [spelling] = on }),
            }
        )!;
        var said = (bool)new CommandLineParser(Catalogue).Parse([spelling]).Values[column];
        Assert.Equal(on ? said : !said, definition.Section == "model" ? model.Core[column] : model.Sections[definition.Section!][column]);
        Assert.Empty(model.Rejected);
    }

    [Theory]
    [InlineData("{\"--no-mmap\":true}", "memory.mmap=False")]
    [InlineData("{\"--no-mmap\":false}", "memory.mmap=True")]
    [InlineData("{\"--no-context-shift\":1}", "advanced.context_shift=False")]
    [InlineData("{\"--no-perf\":\"false\"}", "advanced.perf=True")]
    [InlineData("{\"--mlock\":\"\"}", "memory.mlock=True")]
    [InlineData(
        "{\"-c\":4096,\"--spec-type\":\"ngram-mod\",\"--draft-max\":64}",
        "core.ctx_size=4096 lora.spec_ngram_mod_n_max=64 lora.spec_type=ngram-mod"
    )]
    public void CustomFlags_OfAnOldDatabase_KeepTheirMeaning(string json, string expected)
    {
        var model = new LegacyModelConverter(LegacyKind.WideV1, Catalogue).Convert(
            new Dictionary<string, object?> { ["name"] = "m", ["custom_params"] = json }
        )!;
        var said = model
            .Core.Select(pair => $"core.{pair.Key}={pair.Value}")
            .Concat(model.Sections.SelectMany(section => section.Value.Select(pair => $"{section.Key}.{pair.Key}={pair.Value}")));
        Assert.Equal(expected, string.Join(' ', said.Order(StringComparer.Ordinal)));
        Assert.Empty(model.Custom);
        Assert.Empty(model.Rejected);
    }

    [Fact]
    public void JsonThatCannotBeWalked_HidesNoSecret() =>
        Assert.Equal("#", SecretWords.Replace("settings", """{"apiKey":"sk","apiKey":"sk-other-secret-of-mine"}""", _ => "#"));

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
