using FsCheck;
using FsCheck.Fluent;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class CommandLineParserTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;
    private static readonly CommandLineParser Parser = new(Catalogue, "/home/me");
    private static readonly CommandLineBuilder Builder = new(Catalogue);
    private static readonly string[] Sources = ["hf_repo", "hf_file", "model_url", "docker_repo"];
    private static readonly string[] Odd =
    [
        "it's \"quoted\" $HOME `x` \\ end",
        "a\nb\n",
        "-5",
        " lead",
        "ü;#,&|",
        "--agent",
        "C:\\a\\b c",
        "it's at C:\\x \\ y",
        "plain",
    ];
    private static readonly string[] Items = ["a", "b c", "it's", "\"q\"", "-5", "x\\y", "a,b", "ü#|", "tab\there", "line\nend"];

    public static TheoryData<string, string> Spellings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (
                var option in Catalogue.Options.Where(option =>
                    option.HasColumn
                    && option.Emission is not (Emission.Action or Emission.Removed)
                    && option.Router is not ("router-only" or "overwritten")
                    && option.Column is not ("host" or "port")
                )
            )
            {
                foreach (var spelling in option.Spellings)
                    data.Add(option.Column, spelling);
            }

            return data;
        }
    }

    public static TheoryData<string, string, bool> Variables
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (
                var option in Catalogue.Options.Where(option =>
                    option.HasColumn
                    && option.Emission is not (Emission.Action or Emission.Removed)
                    && option.Router is not ("router-only" or "overwritten")
                    && option.Column is not ("host" or "port")
                )
            )
            {
                if (option.Env is { } name)
                    data.Add(option.Column, name, false);
                if (option.EnvNegation is { } negation)
                    data.Add(option.Column, negation, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void EachSpelling_OfEachOption_IsUnderstood(string column, string spelling)
    {
        var definition = Catalogue.FindColumn(column)!;
        if (definition.Emission is Emission.Pair or Emission.Flag)
        {
            var negation = definition.NegationAliases.Append(definition.Negation).Contains(spelling);
            Assert.Equal(negation == definition.Inverted, Parser.Parse([spelling]).Values[column]);
            return;
        }

        var value = ParameterSamples.Value(definition);
        var words = definition.Emission switch
        {
            Emission.Repeat => ItemList.Read((string)value).SelectMany(item => new[] { spelling, item }),
            Emission.TwoValues => ((string)value).Split(' ').Prepend(spelling),
            _ => [spelling, ParameterValue.Format(value)],
        };
        var parsed = Parser.Parse([.. words]);
        Assert.Empty(parsed.NotUnderstood);
        Assert.True(ParameterValue.AreEqual(definition, value, parsed.Values[column]), $"{value} was read as {parsed.Values[column]}");
    }

    [Fact]
    public void Build_ThenParse_GivesTheSameSettings() =>
        Prop.ForAll(
                Settings().ToArbitrary(),
                set =>
                {
                    var words = Builder
                        .Build("llama-server", [], new EffectiveParameters(ParameterSet.Empty, set), new LaunchPlan(1))
                        .Arguments;
                    var parsed = Parser.Parse([.. words.Prepend("llama-server")]);
                    var again = Builder
                        .Build(
                            "llama-server",
                            [],
                            new EffectiveParameters(ParameterSet.Empty, new ParameterSet(parsed.Values, parsed.Forced)),
                            new LaunchPlan(1)
                        )
                        .Arguments;
                    Assert.Empty(parsed.NotUnderstood);
                    Assert.Equal(words, again);
                    foreach (var (column, value) in set.Values.Where(pair => Survives(set, pair.Key, pair.Value)))
                        Assert.True(
                            ParameterValue.AreEqual(Catalogue.FindColumn(column)!, value, parsed.Values.GetValueOrDefault(column)),
                            $"{column}: {value} became {parsed.Values.GetValueOrDefault(column)}"
                        );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    [Fact]
    public void BuildAsText_ThenParse_GivesTheSameWords() =>
        Prop.ForAll(
                Settings().ToArbitrary(),
                set =>
                {
                    var command = Builder.Build(
                        "/opt/my llama/llama-server",
                        [],
                        new EffectiveParameters(ParameterSet.Empty, set),
                        new LaunchPlan(1)
                    );
                    string[] expected = [command.Executable, .. command.Arguments];
                    Assert.Equal(expected, ShellWords.Split(ShellText.Bash(command)));
                    Assert.Equal(expected, ShellWords.Split(ShellText.BashLines(command)));
                    Assert.Equal(expected, ShellWords.Split(ShellText.PowerShellLines(command)).Skip(1)); // the call operator
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData("llama-server -m '/m/a b.gguf' -c 4096", "/m/a b.gguf")]
    [InlineData("llama-server \\\n  --model \"/m/a b.gguf\" \\\n  --ctx-size 4096", "/m/a b.gguf")]
    [InlineData("LLAMA_ARG_CTX_SIZE=4096 sudo ./llama-server --model=/m/x.gguf", "/m/x.gguf")]
    [InlineData("& 'C:\\llama\\llama-server.exe' `\n  --model 'C:\\m\\it''s.gguf' `\n  -c 4096", "C:\\m\\it's.gguf")]
    [InlineData("$env:LLAMA_ARG_CTX_SIZE = '4096'\n& llama-server -m C:\\m\\x.gguf", "C:\\m\\x.gguf")]
    [InlineData(
        "docker run --rm -it --gpus all -p 8080:8080 -v /home/me/models:/models -e LLAMA_ARG_CTX_SIZE=4096 "
            + "ghcr.io/ggml-org/llama.cpp:server-cuda -m /models/x.gguf",
        "/home/me/models/x.gguf"
    )]
    [InlineData("--model_path /x -m /m/x.gguf --ctx_size 4096 # comment", "/m/x.gguf")]
    [InlineData("llama-server.exe -m C:\\models\\new\\x.gguf -c 4096", "C:\\models\\new\\x.gguf")]
    [InlineData("C:\\llama\\llama-server.exe --model models\\x.gguf ^\n  -c 4096", "models\\x.gguf")]
    [InlineData("\"C:\\my llama\\llama-server.exe\" -m \"C:\\m\\a b.gguf\" -c 4096", "C:\\m\\a b.gguf")]
    [InlineData(".\\llama-server -m \\\\nas\\models\\x.gguf -c 4096", "\\\\nas\\models\\x.gguf")]
    [InlineData("llama-server \\\n  -m C:\\m\\x.gguf \\\n  -c 4096", "C:\\m\\x.gguf")]
    [InlineData("$env:LLAMA_ARG_CTX_SIZE='4096'; llama-server -m x.gguf", "x.gguf")]
    [InlineData("$env:LLAMA_ARG_CTX_SIZE= 4096\nllama-server -m x.gguf", "x.gguf")]
    [InlineData("& llama-server -m \"a \"\"b\"\".gguf\" -c 4096", "a \"b\".gguf")]
    [InlineData("llama-server -m $'/m/it\\'s \\x41\\u00e9.gguf' -c 4096", "/m/it's A\u00e9.gguf")]
    [InlineData(
        "cd /opt/llama-server && sudo -u me LLAMA_ARG_CTX_SIZE=4096 nice -n 10 taskset -c 0-3 ./llama-server -m /m/x.gguf",
        "/m/x.gguf"
    )]
    [InlineData("numactl --cpunodebind=0 -m 0 llama-server -m /m/x.gguf -c 4096", "/m/x.gguf")]
    [InlineData("llama-server -m ~/m/x.gguf -c 4096", "/home/me/m/x.gguf")]
    [InlineData("llama-server -m ${HOME}/m/x.gguf -c 4096", "/home/me/m/x.gguf")]
    [InlineData(
        "docker run -itp8080:80 --mount type=bind,source=/home/me/models,target=/models,readonly -eLLAMA_ARG_CTX_SIZE=4096 image -m "
            + "/models/x.gguf",
        "/home/me/models/x.gguf"
    )]
    [InlineData("sudo docker run -v C:\\m:/models:ro image:tag -m /models/x.gguf -c 4096", "C:\\m/x.gguf")]
    [InlineData("docker run -v models:/models image -m /models/x.gguf -c 4096", "/models/x.gguf")]
    public void PastedCommand_IsUnderstood(string text, string model)
    {
        var parsed = Parser.Parse(text);
        Assert.Equal(model, parsed.Values["model_path"]);
        Assert.Equal(4096L, parsed.Values["ctx_size"]);
    }

    [Fact]
    public void UnknownFlags_AreKept()
    {
        var parsed = Parser.Parse("llama-server --brand-new 5 --brand-new 6 --other --gpt-oss-20b-default --negative -3");
        Assert.Equal(
            """{"--brand-new":["5","6"],"--other":true,"--gpt-oss-20b-default":true,"--negative":"-3"}""",
            parsed.Values["custom_params"]
        );
    }

    [Fact]
    public void HostPortAndActions_AreIgnored_WithAReason() =>
        Assert.Equal(
            ["--host", "--port", "--models-dir", "--version"],
            Parser.Parse("llama-server --host 0.0.0.0 --port 1 --models-dir /m --version").Ignored.Select(flag => flag.Flag)
        );

    [Fact]
    public void BadValues_AreReported_NotLost() =>
        Assert.Equal(
            ["stray", "--ctx-size many", "--temp"],
            Parser.Parse("llama-server --mlock stray --ctx-size many --temp").NotUnderstood.Select(word => word.Token)
        );

    [Fact]
    public void RemovedFlag_IsTakenAsItsSuccessor() => Assert.Equal(16L, Parser.Parse("--draft 16").Values["draft_max"]);

    [Fact]
    public void LastUse_Wins_AndListsAddUp()
    {
        var parsed = Parser.Parse("-c 1 -c 2 --lora a.gguf --lora b.gguf --mmap --no-mmap");
        Assert.Equal((2L, "a.gguf,b.gguf", false), (parsed.Values["ctx_size"], parsed.Values["lora"], parsed.Values["mmap"]));
    }

    [Fact]
    public void ExplicitDefault_IsForced_WhereItMatters() =>
        Assert.Equal(["temperature", "threads"], Parser.Parse("--temp 0.8 --threads -1 --batch-size 2048").Forced.Order());

    [Theory]
    [InlineData("enabled", "on")]
    [InlineData("0", "off")]
    [InlineData("-1", "auto")]
    public void OnOffWords_AreOneThing(string word, string expected) =>
        Assert.Equal(expected, Parser.Parse(["--flash-attn", word]).Values["flash_attn"]);

    [Theory]
    [InlineData("HF_TOKEN=*** llama-server")]
    [InlineData("$env:HF_TOKEN = '***'\n& llama-server")]
    [InlineData("llama-server --hf-token ***")]
    [InlineData("LLAMA_API_KEY=*** llama-server")]
    public void MaskedSecret_OfOurOwnCommand_SetsNothing(string text)
    {
        var parsed = Parser.Parse(text);
        Assert.Empty(parsed.Values);
        Assert.Contains("stays", Assert.Single(parsed.Ignored).Reason);
    }

    [Theory]
    [InlineData("nice -n 10 llama-server -c 1", "nice -n 10")]
    [InlineData("sudo -u me llama-server -c 1", "sudo -u me")]
    [InlineData("cd x && llama-server -c 1", "cd x")]
    [InlineData("docker run --rm -it --gpus all -p 8080:80 --env-file a.env image -c 1", "--rm -it --gpus all -p 8080:80")]
    public void WordsBeforeTheProgram_AreReported_AndSetNothing(string text, string skipped)
    {
        var parsed = Parser.Parse(text);
        Assert.Equal(skipped, Assert.Single(parsed.Ignored).Flag);
        Assert.Equal(["ctx_size"], parsed.Values.Keys);
        Assert.Equal(text.Contains("env-file") ? ["--env-file a.env"] : [], parsed.NotUnderstood.Select(word => word.Token));
    }

    [Fact]
    public void VariableOfTheShell_InAPath_IsReported() =>
        Assert.Equal("$MODELS/x.gguf", Assert.Single(Parser.Parse("llama-server -m $MODELS/x.gguf").NotUnderstood).Token);

    [Theory]
    [InlineData("--mlock=false", "mlock", false)]
    [InlineData("--mlock=1", "mlock", true)]
    [InlineData("--no-mmap=false", "mmap", true)]
    [InlineData("-fa -c 5", "flash_attn", "on")]
    [InlineData("-c 5 -fa", "flash_attn", "on")]
    [InlineData("-fa -1", "flash_attn", "auto")]
    public void OldAndAttachedForms_AreUnderstood(string text, string column, object expected)
    {
        var parsed = Parser.Parse(text);
        Assert.Equal(expected, parsed.Values[column]);
        Assert.Empty(parsed.NotUnderstood);
    }

    [Fact]
    public void Switch_WithAWordThatIsNeither_IsReported()
    {
        var parsed = Parser.Parse("LLAMA_ARG_MLOCK=yes llama-server --no-mmap=maybe");
        Assert.Equal(["LLAMA_ARG_MLOCK=yes", "--no-mmap=maybe"], parsed.NotUnderstood.Select(word => word.Token));
        Assert.Empty(parsed.Values);
    }

    [Theory]
    [MemberData(nameof(Variables))]
    public void EachVariable_OfEachOption_IsUnderstood(string column, string name, bool off)
    {
        var definition = Catalogue.FindColumn(column)!;
        if (off || definition.Emission is Emission.Pair or Emission.Flag)
        {
            Assert.Equal(off == definition.Inverted, Parser.Parse([name + "=1", "llama-server"]).Values[column]);
            return;
        }

        var value = ParameterSamples.Value(definition);
        var text = definition.Kind == ParameterKind.Items ? ItemList.Read((string)value)[0] : ParameterValue.Format(value);
        var parsed = Parser.Parse([$"{name}={text}", "llama-server"]);
        Assert.Empty(parsed.NotUnderstood);
        Assert.True(
            ParameterValue.AreEqual(
                definition,
                definition.Kind == ParameterKind.Items ? ItemList.Write([text]) : value,
                parsed.Values[column]
            ),
            $"{value} was read as {parsed.Values[column]}"
        );
    }

    [Theory]
    [InlineData("--model /m.gguf --model-url https://example.org/m.gguf")]
    [InlineData("--model /m.gguf --docker-repo smollm2")]
    [InlineData("--hf-repo a/b --hf-file c.gguf")]
    public void Source_ThatWasRead_IsBuiltAgain(string text) =>
        Assert.Equal(text.Split(' '), Build(new ParameterSet(Parser.Parse(text).Values)).Take(4));

    [Fact]
    public void Secrets_InVariables_AreTaken() => Assert.Equal("hf_x", Parser.Parse("HF_TOKEN=hf_x llama-server").Values["hf_token"]);

    private static bool Survives(ParameterSet set, string column, object value)
    {
        var definition = Catalogue.FindColumn(column)!;
        return !ParameterValue.IsDefault(definition, value)
            && !(definition is { Unit: "threads", CanForce: true } && value is <= 0L)
            && !(definition.Emission == Emission.Flag && value is false)
            && !set.Forced.Contains(column)
            && (!Sources.Contains(column) || IsSaid(set, column));
    }

    // Of several places only the ones in use are said.
    private static bool IsSaid(ParameterSet set, string column) =>
        column switch
        {
            "hf_repo" => set.Get("model_path") is null,
            "hf_file" => set.Get("model_path") is null && set.Get("hf_repo") is not null,
            "model_url" => set.Get("hf_repo") is null,
            "docker_repo" => set.Get("hf_repo") is null && set.Get("model_url") is null,
            _ => true,
        };

    private static IReadOnlyList<string> Build(ParameterSet set) =>
        Builder.Build("llama-server", [], new EffectiveParameters(ParameterSet.Empty, set), new LaunchPlan(1)).Arguments;

    private static Gen<ParameterSet> Settings()
    {
        var columns = Catalogue
            .Columns.Where(definition =>
                definition.Emission is not (Emission.None or Emission.Action or Emission.Removed)
                && !definition.Secret
                && definition.Column
                    is not ("host" or "port" or "models_dir" or "models_preset" or "models_max" or "models_autoload" or "metrics_enabled")
            )
            .ToArray();
        return from chosen in Gen.SubListOf(columns)
            from bits in Gen.ArrayOf(Gen.Choose(0, 999), columns.Length)
            let values = chosen.Select((definition, i) => KeyValuePair.Create(definition.Column, Value(definition, bits[i]))).ToList()
            select new ParameterSet(
                values,
                chosen.Where((definition, i) => definition.CanForce && bits[i] % 3 == 0).Select(definition => definition.Column)
            );
    }

    private static object Value(ParameterDefinition definition, int bits) =>
        definition.ValueType switch
        {
            var type when type == typeof(bool) => bits % 2 == 0,
            var type when type == typeof(double) => (bits - 100) / 64.0,
            var type when type == typeof(long) && definition.Choices.Count > 0 => long.Parse(
                definition.Choices[bits % definition.Choices.Count]
            ),
            var type when type == typeof(long) => (long)bits - 2,
            _ when definition.Kind == ParameterKind.Choice => definition.Choices[bits % definition.Choices.Count],
            _ when definition.Kind == ParameterKind.Items => ItemList.Write(Few(bits, Items)),
            _ when definition is { Kind: ParameterKind.List, Choices.Count: > 0 } => ParameterValue.Join(
                definition,
                Few(bits, [.. definition.Choices])
            ),
            _ when definition.Kind == ParameterKind.List => ParameterValue.Join(
                definition,
                Few(bits, [.. Items.Where(item => item.AsSpan().IndexOfAny(',', ';') < 0 && item != "line\nend")])
            ),
            _ when definition.Emission != Emission.TwoValues && definition.Column != "custom_params" => Odd[bits % Odd.Length],
            _ => ParameterSamples.Value(definition),
        };

    private static string[] Few(int bits, string[] items) =>
        [.. Enumerable.Range(0, (bits % 3) + 1).Select(i => items[(bits + (i * 7)) % items.Length])];
}
