using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class PresetIniTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    [Fact]
    public void Section_SaysWhatTheGrammarCan_AndReportsTheRest()
    {
        var lost = new List<string>();
        var text = PresetIni.WriteSection(
            "My model",
            Command(
                "--model",
                "/m.gguf",
                "--no-mmap",
                "--mlock",
                "--temp",
                "-1",
                "--samplers",
                "a;b",
                "--logit-bias",
                "5+1",
                "--logit-bias",
                "6-1",
                "--control-vector-layer-range",
                "1",
                "2",
                "--host",
                "127.0.0.1",
                "--port",
                "1",
                "--metrics"
            ),
            preload: true,
            new HashSet<string>(),
            lost
        );
        Assert.Equal("[My model]\nmodel = /m.gguf\nno-mmap = 1\nmlock = 1\ntemp = -1\nlogit-bias = 5+1\nload-on-startup = true\n\n", text);
        Assert.Equal(["--samplers", "--logit-bias", "--control-vector-layer-range"], lost.Select(line => line.Split(' ')[2]));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("a]b")]
    public void Name_ThatCannotHeadASection_IsReported(string name)
    {
        var lost = new List<string>();
        Assert.Empty(PresetIni.WriteSection(name, Command("--model", "/m"), preload: false, new HashSet<string>(), lost));
        Assert.Single(lost);
    }

    [Fact]
    public void File_IsRead_ByTheExactGrammar()
    {
        var file = PresetIni.Read(
            Catalogue,
            """
            ; a comment
            [*]
            version = 1
            ctx-size = 1024
            mlock = 1

            [one]
            model = /m/a b.gguf
            c = 2048
            mmap = off
            no-jinja = 1
            no-warmup = false
            swa-full = 0
            samplers = top_k;top_p
            LLAMA_ARG_N_PREDICT = 5
            load-on-startup = true
            control-vector-layer-range = 1 2
            [two]
            model = /old
            [two]
            model = /m/b.gguf # comment
             indented = 1
            """
        );
        var words = file.Sections.ToDictionary(section => section.Name, section => string.Join('|', section.Words));
        Assert.Equal(
            "--ctx-size|1024|--mlock|--model|/m/a "
                + "b.gguf|-c|2048|--no-mmap|--no-jinja|--warmup|--samplers|top_k|--predict|5|--control-vector-layer-range|1|2",
            words["one"]
        );
        Assert.Equal("--ctx-size|1024|--mlock|--model|/m/b.gguf", words["two"]);
        Assert.Equal([true, false], file.Sections.Select(section => section.Preload));
        Assert.Equal(["samplers = top_k;top_p", "[two]", " indented = 1"], file.Problems.Select(problem => problem.Token));
    }

    [Theory]
    [InlineData("reasoning-budget-message = \"Time is up, I answer now.\"", "--reasoning-budget-message|Time is up, I answer now.")]
    [InlineData("chat-template = '{{ x }}'", "--chat-template|{{ x }}")]
    [InlineData("chat-template = \"a\" + \"b\"", "--chat-template|\"a\" + \"b\"")]
    [InlineData("reverse-prompt = \"User:\"", "--reverse-prompt|User:")]
    [InlineData("brand-new = \"x y\"", "--brand-new|x y")]
    [InlineData("chat-template-kwargs = \"x\"", "--chat-template-kwargs|\"x\"")]
    [InlineData("dry-sequence-breaker = \"", "--dry-sequence-breaker|\"")]
    public void Quotes_AroundAWholeValue_AreTakenOff(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', Assert.Single(PresetIni.Read(Catalogue, $"[one]\n{line}\n").Sections).Words));

    [Fact]
    public void WhatTheRouterReadsOtherwise_IsReported()
    {
        var file = PresetIni.Read(
            Catalogue,
            "version = 1\nctx-size = 5\n[*]\nmlock = 1\n[one]\nmodel = /m\nLLAMA_ARG_NO_MMAP = 1\nstop-timeout = 3\n"
        );
        Assert.Equal(["ctx-size", "[one] LLAMA_ARG_NO_MMAP", "[one] stop-timeout"], file.Problems.Select(problem => problem.Token));
        Assert.Equal("--mlock|--model|/m", string.Join('|', Assert.Single(file.Sections).Words));
    }

    [Fact]
    public void ModelBeforeAnySection_IsTheRoutersDefault_AndLaterDefaultsStayApart()
    {
        var file = PresetIni.Read(Catalogue, "model = /first\n[*]\nmlock = 1\n[one]\nmodel = /m\n");
        Assert.Empty(file.Problems);
        Assert.Equal(["default", "one"], file.Sections.Select(section => section.Name).Order());
        Assert.Equal("--mlock|--model|/first", string.Join('|', file.Sections.Single(section => section.Name == "default").Words));
    }

    [Fact]
    public void Section_ReportsTls_RelativePaths_AndAliasesThatAreTaken()
    {
        var (lost, taken) = (new List<string>(), new HashSet<string> { "m", "other" });
        var text = PresetIni.WriteSection(
            "m",
            Command("--model", "m.gguf", "--alias", "m,free,other", "--ssl-key-file", "/k", "--ssl-cert-file", "/c"),
            preload: false,
            taken,
            lost
        );
        Assert.Equal("[m]\nmodel = m.gguf\nalias = free\n\n", text);
        Assert.Equal(["--model", "the", "--ssl-key-file", "--ssl-cert-file"], lost.Select(line => line.Split(' ')[1]));
        Assert.Contains("free", taken);
    }

    [Fact]
    public void JsonTypedOverSeveralLines_FitsIntoAPreset()
    {
        var definition = Catalogue.FindColumn("json_schema")!;
        var typed = (string)ParameterInput.FromText(definition, "{\n  \"type\": \"object\",\n  \"n\": 1.0\n}").Value!;
        Assert.Equal("""{"type":"object","n":1.0}""", typed);
        var lost = new List<string>();
        Assert.Contains(
            "json-schema = {",
            PresetIni.WriteSection("m", Command("--json-schema", typed), preload: false, new HashSet<string>(), lost)
        );
        Assert.Empty(lost);
    }

    [Fact]
    public void WrittenSection_ReadsBackAsTheSameCommand()
    {
        var samples = Catalogue
            .Columns.Where(definition =>
                definition.Emission
                    is not (
                        Emission.None
                        or Emission.Action
                        or Emission.Removed
                        or Emission.Repeat
                        or Emission.TwoValues
                        or Emission.Semicolon
                    )
                && !definition.Secret
                && definition.Column is not ("grammar" or "metrics_enabled" or "ssl_key_file" or "ssl_cert_file")
            )
            .ToDictionary(definition => definition.Column, ParameterSamples.Value);
        var builder = new CommandLineBuilder(Catalogue);
        var set = new ParameterSet(samples);
        var command = builder.Build("llama-server", [], new EffectiveParameters(ParameterSet.Empty, set), new LaunchPlan(1));
        var lost = new List<string>();
        var file = PresetIni.Read(
            Catalogue,
            PresetIni.Head + PresetIni.WriteSection("m", command, preload: false, new HashSet<string>(), lost)
        );
        var parsed = new CommandLineParser(Catalogue).Parse([.. Assert.Single(file.Sections).Words.Prepend("llama-server")]);
        Assert.Empty(lost);
        Assert.Equal(
            command.Arguments,
            builder
                .Build(
                    "llama-server",
                    [],
                    new EffectiveParameters(ParameterSet.Empty, new ParameterSet(parsed.Values, parsed.Forced)),
                    new LaunchPlan(1)
                )
                .Arguments
        );
    }

    private static LaunchCommand Command(params string[] arguments) => new("llama-server", arguments, new Dictionary<string, string>());
}
