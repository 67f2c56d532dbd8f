using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

/// <summary>Environment variables of engines: what may be set, what holds, who sees it.</summary>
public sealed class EngineVariablesTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    [Theory]
    [InlineData("CUDA_VISIBLE_DEVICES")]
    [InlineData("HIP_VISIBLE_DEVICES")]
    [InlineData("GGML_CUDA_GRAPH_OPT")]
    [InlineData("LD_LIBRARY_PATH")]
    [InlineData("PATH")]
    [InlineData("OMP_NUM_THREADS")]
    [InlineData("MY_TOKEN")]
    public void Variables_OfEnginesAndDrivers_MayBeSet(string name) => Assert.Null(EngineVariables.Refuse(Catalogue, name, "1"));

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("LD_AUDIT")]
    [InlineData("BASH_ENV")]
    [InlineData("GGML_BACKEND_PATH")]
    [InlineData("GCONV_PATH")]
    [InlineData("CUDA_INJECTION64_PATH")]
    [InlineData("VK_ICD_FILENAMES")]
    [InlineData("vk_driver_files")]
    [InlineData("VK_ADD_DRIVER_FILES")]
    [InlineData("VK_LAYER_PATH")]
    [InlineData("VK_ADD_LAYER_PATH")]
    [InlineData("OCL_ICD_FILENAMES")]
    [InlineData("OCL_ICD_VENDORS")]
    [InlineData("OPENSSL_CONF")]
    [InlineData("OPENSSL_MODULES")]
    [InlineData("OMP_TOOL_LIBRARIES")]
    [InlineData("PYTHONPATH")]
    [InlineData("PYTHONSTARTUP")]
    [InlineData("PYTHONHOME")]
    [InlineData("PERL5OPT")]
    [InlineData("PERL5LIB")]
    [InlineData("NODE_OPTIONS")]
    [InlineData("ENV")]
    [InlineData("LLAMA_API_KEY")]
    [InlineData("llama_api_key")]
    [InlineData("LLAMA_ARG_HOST")]
    [InlineData("LLAMA_ARG_PORT")]
    [InlineData("LLAMA_ARG_SSL_KEY_FILE")]
    [InlineData("LLAMA_ARG_NO_MMAP")]
    [InlineData("LLAMA_SERVER_ROUTER_PORT")]
    [InlineData("HF_TOKEN")]
    [InlineData("DOTNET_ROOT")]
    [InlineData("ASPNETCORE_URLS")]
    [InlineData("LLAMABLAZOR__ENGINEPATH")]
    [InlineData("Kestrel__Certificates__Default__Password")]
    [InlineData("A=B")]
    [InlineData("A\0B")]
    [InlineData("A B")]
    [InlineData("1A")]
    [InlineData("")]
    public void Variables_ThatWouldBreakSupervision_AreRefusedWithWords(string name)
    {
        Assert.NotNull(EngineVariables.Refuse(Catalogue, name, "1"));
        Assert.NotNull(EngineVariables.Refuse(Catalogue, name, null));
    }

    [Fact]
    public void Sizes_HaveBounds()
    {
        Assert.NotNull(EngineVariables.Refuse(Catalogue, new string('A', EngineVariables.MaxName + 1), "1"));
        Assert.Null(EngineVariables.Refuse(Catalogue, "A", new string('x', EngineVariables.MaxValue)));
        Assert.NotNull(EngineVariables.Refuse(Catalogue, "A", new string('ü', EngineVariables.MaxValue)));
        Assert.NotNull(EngineVariables.Refuse(Catalogue, "A", "a\nb"));
        var many = EngineVariables.Write(
            Enumerable.Range(0, EngineVariables.MaxCount + 1).Select(i => KeyValuePair.Create($"V{i}", (string?)"1"))
        )!;
        Assert.Contains("At most 64", Assert.Single(EngineVariables.Check(Catalogue, many)));
    }

    [Fact]
    public void Refusals_NameEachVariable()
    {
        var refused = EngineVariables.Check(Catalogue, """{"LD_PRELOAD":"/x.so","GOOD":"1","LLAMA_ARG_PORT":"1","NESTED":{}}""");
        Assert.Equal(3, refused.Count);
        Assert.Contains(refused, words => words.StartsWith("NESTED", StringComparison.Ordinal));
        Assert.Contains(refused, words => words.StartsWith("LD_PRELOAD", StringComparison.Ordinal));
        Assert.Contains(
            refused,
            words => words.StartsWith("LLAMA_ARG_PORT", StringComparison.Ordinal) && words.Contains("field of its own")
        );
        Assert.Single(EngineVariables.Check(Catalogue, "[1]"));
    }

    [Fact]
    public void OnesOfTheModel_ComeOnTop_AndNullTakesAway() =>
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["A"] = "model",
                ["C"] = "server",
                ["N"] = "3",
                ["T"] = "1",
            },
            EngineVariables.Merge("""{"A":"server","B":"server","C":"server"}""", """{"A":"model","B":null,"N":3,"T":true}""")
        );

    [Fact]
    public void Command_HasThem_AndShowsAllButSecrets()
    {
        var command = Build("""{"CUDA_VISIBLE_DEVICES":"0,1","MY_TOKEN":"s3cret","LD_PRELOAD":"/x.so"}""");
        Assert.Equal("s3cret", command.Environment["MY_TOKEN"]);
        Assert.DoesNotContain("LD_PRELOAD", command.Environment.Keys); // it may come from an old or foreign database
        Assert.StartsWith("CUDA_VISIBLE_DEVICES='0,1' MY_TOKEN=*** /e", ShellText.Bash(command));
        Assert.StartsWith("$env:CUDA_VISIBLE_DEVICES = '0,1'\n$env:MY_TOKEN = '***'\n& /e", ShellText.PowerShellLines(command));
    }

    [Fact]
    public void KeyOfAStart_JoinsThoseOfTheSettings_AndIsNoChange()
    {
        var command = Build("{}", ("api_key", "mine"));
        var started = command with { StartKey = "once" };
        Assert.Equal(("mine,once", "once"), (started.StartEnvironment["LLAMA_API_KEY"], started.ApiKey));
        Assert.Equal("mine", command.ApiKey);
        Assert.Empty(LlamaBlazor.Domain.Instances.ArgumentDiff.Compare(started, command));
        Assert.DoesNotContain("once", ShellText.Bash(started));
        Assert.False(command.TakesStartKey); // nobody knows whether it takes two
        Assert.True(Build("{}").TakesStartKey);
    }

    [Fact]
    public void ChangedVariable_IsAChange_ShownWhereItIsNoSecret()
    {
        var changes = LlamaBlazor.Domain.Instances.ArgumentDiff.Compare(
            Build("""{"GGML_X":"1","MY_TOKEN":"a"}"""),
            Build("""{"GGML_X":"2","MY_TOKEN":"b"}""")
        );
        Assert.Equal([new("changed", "GGML_X", "1", "2"), new("changed", "MY_TOKEN", "***", "***")], changes);
    }

    [Theory]
    [InlineData("""{"--foo-token":"x","--plain":"y"}""", """{"--foo-token":"***","--plain":"y"}""")]
    [InlineData("""{"--foo-token":["x","y"],"--max-tokens":5}""", """{"--foo-token":["***","***"],"--max-tokens":5}""")]
    [InlineData("""{"--my-password":12345}""", """{"--my-password":"***"}""")]
    [InlineData("""{"--secret-mode":true}""", """{"--secret-mode":true}""")]
    [InlineData("""{"A_TOKEN":"x","A_TOKEN":"y"}""", """{"A_TOKEN":"***"}""")]
    [InlineData("no json", "no json")]
    public void SecretEntries_AreMasked(string json, string expected) => Assert.Equal(expected, SecretEntries.Mask(json));

    [Fact]
    public void MaskedEntries_TakeWhatIsStored() =>
        Assert.Equal(
            """{"--foo-token":"old","--bar-token":"new","--list-token":["b","c"]}""",
            SecretEntries.Restore(
                """{"--foo-token":"***","--bar-token":"new","--list-token":["***","c"]}""",
                """{"--foo-token":"old","--bar-token":"x","--list-token":["b"]}"""
            )
        );

    [Theory]
    [InlineData("--model /m --foo-token s3cret --port 1", "--model /m --foo-token *** --port 1")]
    [InlineData("--foo-token -s3cret --port 1", "--foo-token *** --port 1")]
    [InlineData("--foo-token --port 1", "--foo-token --port 1")]
    [InlineData("--n-tokens 5", "--n-tokens 5")]
    public void SecretWords_OfACommand_AreMasked(string words, string expected) =>
        Assert.Equal(expected, string.Join(' ', SecretEntries.MaskWords(words.Split(' '))));

    [Fact]
    public void Template_HasNoSecretEntries()
    {
        var own = new ParameterSet([KeyValuePair.Create("environment", (object)"""{"MY_TOKEN":"s3cret","GGML_X":"1"}""")]);
        var template = ParameterTemplate.Capture(Catalogue, own, "t", null);
        Assert.Equal("""{"GGML_X":"1"}""", template.Values["server"]["environment"]);
    }

    [Fact]
    public void Form_ShowsMasks_AndSavesTheSecretBehindThem()
    {
        var definition = Catalogue.FindColumn("environment")!;
        var draft = new ParameterDraft(Catalogue, [definition]);
        draft.Load(
            ParameterSet.Empty,
            new ParameterSet([KeyValuePair.Create("environment", (object)"""{"MY_TOKEN":"s3cret"}""")]),
            new Dictionary<string, long>()
        );
        Assert.Equal("""{"MY_TOKEN":"***"}""", draft.Text(definition));
        draft.Type(definition, """{"MY_TOKEN":"***"}""");
        Assert.Equal(0, draft.ChangeCount);
        draft.Type(definition, """{"MY_TOKEN":"***","GGML_X":"1"}""");
        Assert.Equal("""{"MY_TOKEN":"s3cret","GGML_X":"1"}""", draft.Changes()["server"].Values["environment"]);
        Assert.Equal("""{"MY_TOKEN":"***","GGML_X":"1"}""", draft.Text(definition));
    }

    private static LaunchCommand Build(string environment, params (string Column, object Value)[] values)
    {
        var set = new ParameterSet(
            values
                .Select(pair => KeyValuePair.Create(pair.Column, pair.Value))
                .Append(KeyValuePair.Create("environment", (object)environment))
        );
        return new CommandLineBuilder(Catalogue).Build("/e", [], new EffectiveParameters(ParameterSet.Empty, set), new LaunchPlan(1));
    }
}
