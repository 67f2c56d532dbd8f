using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

/// <summary>One set of settings for engines of several ages: each gets the spellings, and the number of values, that its own help
/// lists.</summary>
public sealed class EngineAgeTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    [Theory]
    [InlineData("early2024", "on", "--flash-attn")]
    [InlineData("early2024", "off", "")]
    [InlineData("late2024", "on", "--flash-attn")]
    [InlineData("late2024", "off", "")]
    [InlineData("late2024", "auto", "")]
    [InlineData("early2025", "on", "--flash-attn")]
    [InlineData("current", "on", "--flash-attn on")]
    [InlineData("current", "off", "--flash-attn off")]
    [InlineData("fork", "on", "--flash-attn on")]
    [InlineData("fork", "off", "--flash-attn off")]
    public void FlashAttention_IsASwitchOrAChoice_AsTheEngineSays(string form, string value, string expected) =>
        Assert.Equal(expected, Settings(form, ("flash_attn", value)));

    [Theory]
    [InlineData("late2024", "log_colors", "on", "--log-colors")]
    [InlineData("late2024", "log_colors", "off", "")]
    [InlineData("late2024", "mmap", false, "--no-mmap")]
    [InlineData("early2025", "no_webui", true, "--no-webui")]
    [InlineData("fork", "jinja", false, "")] // lists --jinja alone: off is what it does without
    public void Switches_AreSaidAsTheEngineKnowsThem(string form, string column, object value, string expected) =>
        Assert.Equal(expected, Settings(form, (column, value)));

    [Theory]
    [InlineData("late2024", "--draft 7")]
    [InlineData("early2025", "--draft 7")]
    [InlineData("current", "--spec-draft-n-max 7")]
    public void RenamedFlag_GoesOutByTheNameTheEngineKnows(string form, string expected) =>
        Assert.Equal(expected, Settings(form, ("draft_max", 7L)));

    [Fact]
    public void DraftModel_NeedsNoMethod_WhereTheEngineHasNone()
    {
        Assert.Equal("-md /d.gguf", Settings("late2024", ("model_draft", "/d.gguf")));
        Assert.Equal("--spec-draft-model /d.gguf --spec-type draft-simple", Settings("current", ("model_draft", "/d.gguf")));
    }

    [Theory]
    [InlineData("late2024", "--lora-scaled /a.gguf 0.5 --lora-scaled /b.gguf 1")]
    [InlineData("current", "--lora-scaled /a.gguf:0.5,/b.gguf:1")]
    public void ScaledAdapters_TakeTheFormOfTheirAge(string form, string expected) =>
        Assert.Equal(expected, Settings(form, ("lora_scaled", "/a.gguf:0.5,/b.gguf:1")));

    [Theory]
    [InlineData("late2024", "--lora /a.gguf --lora /b.gguf")]
    [InlineData("current", "--lora /a.gguf,/b.gguf")]
    public void SeveralAdapters_AreARowOnlyWhereTheEngineReadsRows(string form, string expected) =>
        Assert.Equal(expected, Settings(form, ("lora", "/a.gguf,/b.gguf")));

    [Fact]
    public void Value_ForAFlagThatTakesNone_IsLeftOutWithWords()
    {
        var engine = new EngineCapabilities("b1", [.. EngineHelp.ReadFlags(EngineHelpForms.Current), new EngineFlag("--timeout", 0)]);
        var command = Build(engine, ("timeout", 30L));
        Assert.DoesNotContain("--timeout", command.Arguments);
        Assert.Contains(command.Warnings, warning => warning.Contains("takes no value for --timeout"));
    }

    [Fact]
    public void SwitchThatBecameAChoice_GetsItsWord_OrIsLeftOutWithWords()
    {
        EngineCapabilities Engine(string hint) => new("b20000", [new("--mlock", 1, hint), new("--mmap", 1, hint)]);
        Assert.Contains("--mlock on", string.Join(' ', Build(Engine("[on|off]"), ("mlock", true)).Arguments));
        Assert.Contains("--mmap off", string.Join(' ', Build(Engine("[on|off]"), ("mmap", false)).Arguments));
        Assert.Contains("--mmap 0", string.Join(' ', Build(Engine("<0|1>"), ("mmap", false)).Arguments));
        var odd = Build(Engine("MODE"), ("mlock", true));
        Assert.DoesNotContain("--mlock", odd.Arguments);
        Assert.Contains(odd.Warnings, warning => warning.Contains("wants a value for --mlock"));
    }

    [Fact]
    public void BracketedValue_MayStandOrNot()
    {
        var custom = ("custom_params", (object)"""{"--timeout-hint":true}""");
        Assert.Equal("--timeout-hint", Settings("current", custom));
        Assert.Equal("--timeout-hint 5", Settings("current", ("custom_params", """{"--timeout-hint":5}""")));
    }

    [Fact]
    public void EngineThatGaveNoAnswer_GetsNoFlagOfTheUsersOwn()
    {
        var set = new ParameterSet([
            KeyValuePair.Create("custom_params", (object)"""{"--ctx-size-draft":16000}"""),
            KeyValuePair.Create("ctx_size_draft", (object)16000L),
            KeyValuePair.Create("ctx_size", (object)4096L),
        ]);
        var command = new CommandLineBuilder(Catalogue).Build(
            "/e",
            [],
            new EffectiveParameters(ParameterSet.Empty, set),
            new LaunchPlan(1) { IsBlind = true }
        );
        Assert.Equal("--ctx-size 4096 --host 127.0.0.1 --port 1 --metrics", string.Join(' ', command.Arguments));
        Assert.Contains(
            command.Warnings,
            warning => warning.Contains("--ctx-size-draft") && warning.Contains("not known whether this engine has it")
        );
    }

    [Theory]
    [InlineData(-1L, true, "")]
    [InlineData(-1L, false, "")]
    [InlineData(0L, true, "--threads 0")]
    [InlineData(0L, false, "")]
    [InlineData(6L, false, "--threads 6")]
    public void Threads_OfMinusOne_AreNeverSaid(long value, bool isForced, string expected)
    {
        var set = new ParameterSet([KeyValuePair.Create("threads", (object)value)], isForced ? ["threads"] : null);
        var words = new CommandLineBuilder(Catalogue)
            .Build("/e", [], new EffectiveParameters(ParameterSet.Empty, set), new LaunchPlan(1))
            .Arguments;
        Assert.Equal(expected, string.Join(' ', words.Take(words.Count - 5)));
    }

    private static string Settings(string form, params (string Column, object Value)[] values)
    {
        var words = Build(new EngineCapabilities(null, EngineHelp.ReadFlags(EngineHelpTests.Form(form))), values).Arguments;
        var address = words.ToList().IndexOf("--host");
        return string.Join(' ', words.Take(address).Concat(words.Skip(address + 4)).Where(word => word != "--metrics"));
    }

    private static LaunchCommand Build(EngineCapabilities engine, params (string Column, object Value)[] values)
    {
        var set = new ParameterSet(values.Select(pair => KeyValuePair.Create(pair.Column, pair.Value)));
        return new CommandLineBuilder(Catalogue).Build(
            "/e",
            [],
            new EffectiveParameters(ParameterSet.Empty, set),
            new LaunchPlan(40000) { Engine = engine }
        );
    }
}
