using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class PresetIniTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    [Fact]
    public void Section_SaysWhatTheGrammarCan_AndReportsTheRest()
    {
        var lost = new List<string>();
        var text = PresetIni.WriteSection("My model", Command("--model", "/m.gguf", "--no-mmap", "--mlock", "--temp", "-1", "--samplers", "a;b", "--logit-bias", "5+1", "--logit-bias", "6-1", "--control-vector-layer-range", "1", "2", "--host", "127.0.0.1", "--port", "1", "--metrics"), preload: true, lost);
        Assert.Equal("[My model]\nmodel = /m.gguf\nno-mmap = 1\nmlock = 1\ntemp = -1\nlogit-bias = 5+1\nload-on-startup = true\n\n", text);
        Assert.Equal(["--samplers", "--logit-bias", "--control-vector-layer-range"], lost.Select(line => line.Split(' ')[2]));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("a]b")]
    public void Name_ThatCannotHeadASection_IsReported(string name)
    {
        var lost = new List<string>();
        Assert.Empty(PresetIni.WriteSection(name, Command("--model", "/m"), preload: false, lost));
        Assert.Single(lost);
    }

    [Fact]
    public void File_IsRead_ByTheExactGrammar()
    {
        var file = PresetIni.Read(Catalogue, """
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
            """);
        var words = file.Sections.ToDictionary(section => section.Name, section => string.Join('|', section.Words));
        Assert.Equal("--ctx-size|1024|--mlock|--model|/m/a b.gguf|-c|2048|--no-mmap|--no-jinja|--warmup|--samplers|top_k|--predict|5|--control-vector-layer-range|1|2", words["one"]);
        Assert.Equal("--ctx-size|1024|--mlock|--model|/m/b.gguf", words["two"]);
        Assert.Equal([true, false], file.Sections.Select(section => section.Preload));
        Assert.Equal(" indented = 1", Assert.Single(file.Problems).Token);
    }

    [Fact]
    public void WrittenSection_ReadsBackAsTheSameCommand()
    {
        var samples = Catalogue.Columns.Where(definition => definition.Emission is not (Emission.None or Emission.Action or Emission.Removed or Emission.Repeat or Emission.TwoValues or Emission.Semicolon) && !definition.Secret && definition.Column is not ("grammar" or "metrics_enabled" or "ssl_key_file" or "ssl_cert_file"))
            .ToDictionary(definition => definition.Column, ParameterSamples.Value);
        var builder = new CommandLineBuilder(Catalogue);
        var set = new ParameterSet(samples);
        var command = builder.Build("llama-server", [], new EffectiveParameters(ParameterSet.Empty, set), new LaunchPlan(1));
        var lost = new List<string>();
        var file = PresetIni.Read(Catalogue, PresetIni.Head + PresetIni.WriteSection("m", command, preload: false, lost));
        var parsed = new CommandLineParser(Catalogue).Parse([.. Assert.Single(file.Sections).Words.Prepend("llama-server")]);
        Assert.Empty(lost);
        Assert.Equal(command.Arguments, builder.Build("llama-server", [], new EffectiveParameters(ParameterSet.Empty, new ParameterSet(parsed.Values, parsed.Forced)), new LaunchPlan(1)).Arguments);
    }

    private static LaunchCommand Command(params string[] arguments) => new("llama-server", arguments, new Dictionary<string, string>());
}
