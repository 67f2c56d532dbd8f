using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class CommandLineBuilderTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    public static TheoryData<string> Emitted => [.. Catalogue.Columns.Where(IsSetting).Select(definition => definition.Column)];

    public static TheoryData<string> NeverEmitted =>
        [
            .. Catalogue
                .Columns.Where(definition =>
                    definition.Emission is Emission.None or Emission.Action or Emission.Removed && definition.Column != "custom_params"
                )
                .Select(definition => definition.Column),
        ];

    [Fact]
    public void Empty_Settings_SayOnlyAddressAndMetrics() =>
        Assert.Equal(["--host", "127.0.0.1", "--port", "40000", "--metrics"], Arguments());

    [Theory]
    [MemberData(nameof(Emitted))]
    public void Value_OfEachColumn_TakesItsForm(string column)
    {
        var definition = Catalogue.FindColumn(column)!;
        var value = ParameterSamples.Value(definition);
        string[] expected = definition.Emission switch
        {
            Emission.Pair => [(bool)value != definition.Inverted ? definition.Flag! : definition.Negation!],
            Emission.Flag => [definition.Flag!],
            Emission.Repeat => [.. ItemList.Read((string)value).SelectMany(item => new[] { definition.Flag!, item })],
            Emission.TwoValues => [definition.Flag!, .. ((string)value).Split(' ')],
            _ => [definition.Flag!, ParameterValue.Format(value)],
        };
        Assert.Equal(expected, Settings((column, value)).Take(expected.Length));
    }

    [Theory]
    [MemberData(nameof(Emitted))]
    public void DefaultOfTheEngine_OfEachColumn_IsSilent(string column)
    {
        if (Catalogue.FindColumn(column)!.Default is { } known)
            Assert.Empty(Settings((column, known)));
    }

    [Theory]
    [MemberData(nameof(Emitted))]
    public void Force_EmitsTheDefault_OnlyInTheThreeGroups(string column)
    {
        var definition = Catalogue.FindColumn(column)!;
        if (definition.Default is not { } known)
            return;
        var words = Build(Set((column, known)), new ParameterSet([KeyValuePair.Create(column, known)], [column])).Arguments;
        // -1 threads would be all logical CPUs
        Assert.Equal(definition.CanForce && (definition.Unit, known) is not ("threads", -1L), words.Contains(definition.Flag!));
    }

    [Theory]
    [MemberData(nameof(NeverEmitted))]
    public void Columns_WithoutALaunchFlag_AreSilent(string column) =>
        Assert.Empty(Settings((column, ParameterSamples.Value(Catalogue.FindColumn(column)!))));

    [Fact]
    public void Switch_WithoutNegation_IsSilentWhenOff() => Assert.Empty(Settings(("mlock", false)));

    [Theory]
    [InlineData(true, "--no-ui")]
    [InlineData(false, null)]
    public void InvertedColumn_SaysTheOpposite(bool value, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], Settings(("no_webui", value)));

    [Theory]
    [InlineData("gpu_layers", "-1")]
    [InlineData("seed", 4294967295L)]
    [InlineData("samplers", "penalties; dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature")]
    [InlineData("temperature", 0.8000001)]
    [InlineData("threads", 0L)]
    [InlineData("threads_batch", -1L)]
    public void Value_ThatMeansTheDefault_IsSilent(string column, object value) => Assert.Empty(Settings((column, value)));

    [Fact]
    public void Host_Port_AndRouterSettings_AreOurs()
    {
        var words = Build(
            Set(
                ("host", "0.0.0.0"),
                ("port", 1L),
                ("models_dir", "/m"),
                ("models_max", 9L),
                ("models_autoload", false),
                ("models_preset", "/p.ini")
            ),
            ParameterSet.Empty
        ).Arguments;
        Assert.Equal(["--host", "127.0.0.1", "--port", "40000", "--metrics"], words);
    }

    [Fact]
    public void Metrics_AreOff_OnlyWhenSwitchedOff() =>
        Assert.DoesNotContain("--metrics", Build(Set(("metrics_enabled", false)), ParameterSet.Empty).Arguments);

    [Fact]
    public void Secrets_TravelByEnvironment()
    {
        var command = Build(Set(("api_key", "one,two")), Set(("hf_token", "hf_secret")));
        Assert.Equal("hf_secret", command.Environment["HF_TOKEN"]);
        Assert.Equal("one,two", command.Environment["LLAMA_API_KEY"]);
        Assert.Equal("one", command.ApiKey);
        Assert.DoesNotContain(command.Arguments, word => word.Contains("secret") || word.Contains("one"));
        Assert.All(
            new[] { ShellText.Bash(command), ShellText.BashLines(command), ShellText.PowerShellLines(command) },
            text => Assert.DoesNotContain("secret", text)
        );
    }

    [Fact]
    public void DraftModel_Alone_GetsAMethod() =>
        Assert.Equal(["--spec-draft-model", "/d.gguf", "--spec-type", "draft-simple"], Settings(("model_draft", "/d.gguf")));

    [Fact]
    public void DraftModel_WithAMethod_KeepsIt() =>
        Assert.Equal(
            ["--spec-draft-model", "/d.gguf", "--spec-type", "draft-eagle3"],
            Settings(("model_draft", "/d.gguf"), ("spec_type", "draft-eagle3"))
        );

    [Fact]
    public void Url_Alone_GetsAPathToDownloadTo() =>
        Assert.Equal(
            ["--model", "/downloads/x.gguf", "--model-url", "https://example.org/x.gguf"],
            Settings(("model_url", "https://example.org/x.gguf"))
        );

    [Fact]
    public void SeveralSources_UseTheFile_AndSaySo()
    {
        var command = Build(ParameterSet.Empty, Set(("model_path", "/m.gguf"), ("hf_repo", "a/b"), ("hf_file", "c")));
        Assert.Equal(["--model", "/m.gguf"], command.Arguments.Take(2));
        Assert.DoesNotContain("--hf-repo", command.Arguments);
        Assert.Contains(command.Warnings, warning => warning.Contains("hf_repo"));
    }

    [Fact]
    public void Model_Overrides_ServerSettings()
    {
        var words = Build(Set(("ctx_checkpoints", 4L), ("jinja", false)), Set(("ctx_checkpoints", 32L))).Arguments;
        Assert.DoesNotContain("--ctx-checkpoints", words); // back to the engine's own default
        Assert.Contains("--no-jinja", words);
    }

    [Fact]
    public void CustomParameters_ComeLast_AndMayNotRepeatFields()
    {
        var command = Build(
            ParameterSet.Empty,
            Set(
                (
                    "custom_params",
                    """{"--new-flag":"v","--gpt-oss-20b-default":true,"--two":["a",2],"--off":false,"--port":"1","--ctx-size":5,"--version":true,"--draft":3,"bad flag":1,"--x=1":2}"""
                )
            )
        );
        Assert.Equal(["--new-flag", "v", "--gpt-oss-20b-default", "--two", "a", "--two", "2"], command.Arguments.Skip(5));
        Assert.Equal(6, command.Warnings.Count);
    }

    [Fact]
    public void CustomParameters_KeepToTheNumberOfValues_ThatTheEngineTakes()
    {
        var engine = new EngineCapabilities(
            "b9999",
            [new("--host", 1), new("--port", 1), new("--metrics", 0), new("--x", 1), new("--y", 0)]
        );
        var command = Build(ParameterSet.Empty, Set(("custom_params", """{"--y":"a","--x":true}""")), engine);
        Assert.Equal(5, command.Arguments.Count);
        Assert.Equal(2, command.Warnings.Count);
        Assert.Equal(
            ["--y", "--x", "a"],
            Build(ParameterSet.Empty, Set(("custom_params", """{"--y":true,"--x":"a"}""")), engine).Arguments.Skip(5)
        );
    }

    [Theory]
    [InlineData("""{"--gpt-oss-20b-default":"--agent"}""")]
    [InlineData("""{"--brand-new":["a","--agent"]}""")]
    [InlineData("""{"--brand-new":"a\u0000b"}""")]
    public void CustomParameters_ThatWouldSmuggle_AreLeftOut(string json)
    {
        var command = Build(ParameterSet.Empty, Set(("custom_params", json)));
        Assert.Equal(5, command.Arguments.Count);
        Assert.Single(command.Warnings);
    }

    [Fact]
    public void Shortcut_IsTheFlagAlone() =>
        Assert.All(
            Catalogue.Options.Where(option => option.Shortcut),
            shortcut =>
                Assert.Equal(
                    [shortcut.Flag!],
                    Build(ParameterSet.Empty, Set(("custom_params", $$"""{"{{shortcut.Flag}}":true}"""))).Arguments.Skip(5)
                )
        );

    [Fact]
    public void EachShortcut_IsKnown() => Assert.Equal(11, Catalogue.Options.Count(option => option.Shortcut));

    [Fact]
    public void Sources_OfEachKind_TakeTheirForm()
    {
        Assert.Equal(["--hf-repo", "a/b:Q4", "--hf-file", "c.gguf"], Settings(("hf_repo", "a/b:Q4"), ("hf_file", "c.gguf")));
        Assert.Empty(Settings(("hf_file", "c.gguf")));
        Assert.Equal(["--model", "/downloads/x.gguf", "--docker-repo", "smollm2"], Settings(("docker_repo", "smollm2")));
        Assert.Equal(
            ["--model", "/m.gguf", "--model-url", "https://x/m"],
            Settings(("model_path", "/m.gguf"), ("model_url", "https://x/m"))
        );
    }

    [Fact]
    public void FileThatIsThere_IsNotDownloadedOver()
    {
        var set = Set(("model_path", "/m.gguf"), ("model_url", "https://x/m"));
        var command = new CommandLineBuilder(Catalogue).Build(
            "/e",
            [],
            new EffectiveParameters(ParameterSet.Empty, set),
            new LaunchPlan(1) { HasModelFile = true }
        );
        Assert.DoesNotContain("--model-url", command.Arguments);
        Assert.Contains(command.Warnings, warning => warning.Contains("model_url"));
    }

    [Fact]
    public void DownloadedDraft_IsPassedAsAPath() =>
        Assert.Equal(
            ["--spec-draft-model", "/d.gguf", "--spec-type", "draft-simple"],
            new CommandLineBuilder(Catalogue)
                .Build(
                    "/e",
                    [],
                    new EffectiveParameters(ParameterSet.Empty, Set(("model_url_draft", "https://x/d"))),
                    new LaunchPlan(1) { DraftPath = "/d.gguf" }
                )
                .Arguments.Take(4)
        );

    [Fact]
    public void ChosenDevices_AreTheDraftModelsToo_UnlessItHasItsOwn()
    {
        static string Words(params (string, object)[] values) =>
            string.Join(
                ' ',
                new CommandLineBuilder(Catalogue)
                    .Build("/e", [], new EffectiveParameters(ParameterSet.Empty, Set(values)), new LaunchPlan(1) { Devices = ["CUDA1"] })
                    .Arguments
            );
        Assert.Contains("--device CUDA1 --spec-draft-device CUDA1 --host", Words(("model_draft", "/d.gguf")));
        Assert.Contains("--spec-draft-device CUDA0", Words(("model_draft", "/d.gguf"), ("device_draft", "CUDA0")));
        Assert.DoesNotContain("--spec-draft-device", Words(("temperature", 0.5)));
    }

    [Fact]
    public void OlderEngine_GetsSpellingsItKnows_AndNothingElse()
    {
        var engine = new EngineCapabilities(
            "b5000",
            [new("--host", 1), new("--port", 1), new("--metrics", 0), new("--temp", 1), new("--no-webui", 0), new("--draft-p-min", 1)]
        );
        var command = Build(Set(("no_webui", true)), Set(("temperature", 0.5), ("draft_p_min", 0.5), ("adaptive_target", 0.5)), engine);
        Assert.Equal(
            ["--temp", "0.5", "--no-webui", "--draft-p-min", "0.5"],
            command.Arguments.Where(word => word is not ("--host" or "127.0.0.1" or "--port" or "40000" or "--metrics"))
        );
        Assert.Contains(command.Warnings, warning => warning.Contains("--adaptive-target") && warning.Contains("b5000"));
    }

    private static bool IsSetting(ParameterDefinition definition) =>
        definition.Emission is not (Emission.None or Emission.Action or Emission.Removed)
        && !definition.Secret
        && definition.Column
            is not (
                "host"
                or "port"
                or "metrics_enabled"
                or "models_dir"
                or "models_preset"
                or "models_max"
                or "models_autoload"
                or "hf_file"
                or "model_url"
                or "docker_repo"
            );

    private static IEnumerable<string> Settings(params (string Column, object Value)[] values) =>
        Build(Set(values), Set(values)).Arguments is var words ? words.Take(words.Count - 5) : [];

    private static IReadOnlyList<string> Arguments(params (string Column, object Value)[] values) =>
        Build(ParameterSet.Empty, Set(values)).Arguments;

    private static ParameterSet Set(params (string Column, object Value)[] values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Column, pair.Value)));

    private static LaunchCommand Build(ParameterSet server, ParameterSet model, EngineCapabilities? engine = null) =>
        new CommandLineBuilder(Catalogue).Build(
            "/bin/llama-server",
            [],
            new EffectiveParameters(server, model),
            new LaunchPlan(40000) { DownloadPath = "/downloads/x.gguf", Engine = engine }
        );
}
