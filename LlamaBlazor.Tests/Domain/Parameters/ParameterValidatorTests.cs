using System.Text.Json;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Tests.Domain.Parameters;

public sealed class ParameterValidatorTests
{
    private static readonly ParameterCatalogue Catalogue = ParameterCatalogue.Current;

    public static TheoryData<string> Columns => [.. Catalogue.Columns.Select(definition => definition.Column)];

    [Theory]
    [MemberData(nameof(Columns))]
    public void Sample_OfEachColumn_IsValid_ByTextAndByJson(string column)
    {
        var definition = Catalogue.FindColumn(column)!;
        var value = ParameterSamples.Value(definition);
        Assert.Null(ParameterValidator.Check(Catalogue, definition, value));
        var typed = ParameterInput.FromText(definition, ParameterInput.ToText(definition, value));
        Assert.Null(typed.Error);
        Assert.True(ParameterValue.AreEqual(definition, value, typed.Value), $"{value} became {typed.Value}");
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public void WrongJsonType_OfEachColumn_IsAnError(string column)
    {
        var definition = Catalogue.FindColumn(column)!;
        Assert.NotNull(
            ParameterInput.FromJson(definition, JsonElement.Parse(definition.ValueType == typeof(string) ? "true" : "\"text\"")).Error
        );
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public void OutsideTheRange_IsAnErrorOnlyWhereTheEngineRefuses(string column)
    {
        var definition = Catalogue.FindColumn(column)!;
        if (definition.Min is not { } min || definition.Choices.Count > 0)
            return;
        object below = definition.ValueType == typeof(long) ? (long)min - 1 : min - 1;
        Assert.Equal(definition.Limits == LimitKind.Enforced, ParameterValidator.Check(Catalogue, definition, below)!.IsError);
    }

    [Theory]
    [InlineData("n_parallel", 0L)]
    [InlineData("sleep_idle_seconds", 0L)]
    [InlineData("mirostat", 3L)]
    [InlineData("ctx_size", 3_000_000_000L)]
    [InlineData("seed", 5_000_000_000L)]
    [InlineData("temperature", 1e300)]
    [InlineData("temperature", double.NaN)]
    [InlineData("flash_attn", "maybe")]
    [InlineData("gpu_layers", "many")]
    [InlineData("device", "0,1")]
    [InlineData("device", "CUDA0,1")]
    [InlineData("cpu_mask", "0xZZ")]
    [InlineData("tensor_split", "a,b")]
    [InlineData("control_vector_layer_range", "1")]
    [InlineData("logit_bias", """["5+1,6-1"]""")]
    [InlineData("override_kv", "key=nothing")]
    [InlineData("lora_scaled", "/a.gguf")]
    [InlineData("spec_type", "magic")]
    [InlineData("hf_repo", "name")]
    [InlineData("model_url", "file:///etc/passwd")]
    [InlineData("api_prefix", "/a/")]
    [InlineData("json_schema", "{")]
    [InlineData("chat_template_kwargs", "[1]")]
    [InlineData("custom_params", "[1]")]
    [InlineData("custom_params", """{"--port":1}""")]
    [InlineData("custom_params", """{"--host":"0.0.0.0"}""")]
    [InlineData("custom_params", """{"--api_key":"x"}""")]
    [InlineData("custom_params", """{"-c":"x"}""")]
    [InlineData("custom_params", """{"--no-mmap":true}""")]
    [InlineData("custom_params", """{"model":"x"}""")]
    [InlineData("custom_params", """{"--gpt-oss-20b-default":"--agent"}""")]
    [InlineData("custom_params", """{"--gpt-oss-20b-default":1}""")]
    [InlineData("custom_params", """{"--new":"-c"}""")]
    [InlineData("custom_params", """{"--new":["a","--no_mmap"]}""")]
    [InlineData("custom_params", """{"--new":"a\u0000b"}""")]
    [InlineData("custom_params", """{"--new":"\u001b[2J"}""")]
    [InlineData("custom_params", """{"--new":{"a":1}}""")]
    [InlineData("custom_params", """{"--new":[{"a":1}]}""")]
    [InlineData("custom_params", """{"--ne\u0000w":1}""")]
    [InlineData("reverse_prompt", """["a\u0000b"]""")]
    [InlineData("dry_sequence_breaker", """["\n","\u001b"]""")]
    [InlineData("grammar", "top ::= \"a\"")]
    [InlineData("grammar", "root ::= \"a")]
    [InlineData("grammar", "root ::= [a-z")]
    [InlineData("grammar", "root ::= (\"a\" | \"b\"")]
    [InlineData("grammar", "root ::= \"a\")")]
    [InlineData("model_path", "/a\n--port")]
    [InlineData("grammar", "root\0")]
    public void BadValue_IsAnError(string column, object value) =>
        Assert.True(ParameterValidator.Check(Catalogue, Catalogue.FindColumn(column)!, value)?.IsError);

    [Theory]
    [InlineData("# (a comment\nroot ::= item{1,3} # \"\nitem ::= [^\"\\]] | \"\\\"(\" | ( \"a\" \"b\" )\n")]
    [InlineData("  root  ::=\n  \"a\"")]
    public void Grammar_WithAnOutline_IsTaken(string grammar) =>
        Assert.Null(ParameterValidator.Check(Catalogue, Catalogue.FindColumn("grammar")!, grammar));

    [Fact]
    public void HugeGrammar_IsRefused_WithTheWayOut() =>
        Assert.Contains(
            "file",
            ParameterValidator.Check(Catalogue, Catalogue.FindColumn("grammar")!, new string('a', 10_000_000))!.Message
        );

    [Theory]
    [InlineData("ubatch_size", "ubatch_size", 4096L)]
    [InlineData("kv_unified", "kv_unified", false)]
    [InlineData("cpu_strict_batch", "cpu_strict_batch", 1L)]
    [InlineData("priority_draft", "priority_draft", 1L)]
    [InlineData("ignore_eos", "ignore_eos", true)]
    [InlineData("hf_file", "hf_file", "a.gguf")]
    [InlineData("tools", "tools", "all")]
    [InlineData("draft_min", "draft_min", 9L)]
    [InlineData("spec_type", "spec_type", "draft-simple")]
    [InlineData("log_disable", "log_disable", true)]
    [InlineData("slots_enabled", "slots_enabled", false)]
    [InlineData("jinja", "jinja", false)]
    [InlineData("ssl_key_file", "ssl_key_file", "/k")]
    [InlineData("split_mode", "split_mode", "tensor")]
    public void CrossField_Warns_AndNamesTheFix(string expected, string column, object value)
    {
        var issue = Assert.Single(
            CrossFieldRules.Check(name => name == column ? value : null, name => name),
            issue => issue.Column == expected && !issue.IsError
        );
        Assert.Matches("Set |set |Clear |Lower |Switch ", issue.Message);
    }

    [Theory]
    [InlineData("model_draft")]
    [InlineData("hf_repo_draft")]
    [InlineData("model_url_draft")]
    public void DraftModel_OfAnyKind_IsOne(string column) =>
        Assert.DoesNotContain(
            CrossFieldRules.Check(
                name =>
                    name == column ? "x"
                    : name == "spec_type" ? "draft-simple"
                    : null,
                name => name
            ),
            issue => issue.Column == "spec_type"
        );

    [Theory]
    [InlineData("tensor_split", "3,1,1", null, 2, true)]
    [InlineData("tensor_split", "3,1", null, 2, false)]
    [InlineData("tensor_split", "3,1", null, null, false)]
    [InlineData("tensor_split", "3,1", "CUDA0", 2, true)]
    [InlineData("main_gpu", 2L, null, 2, true)]
    [InlineData("main_gpu", 1L, null, 2, false)]
    [InlineData("main_gpu", 1L, "CUDA1", 2, true)]
    public void MoreGpusThanThereAre_Warns(string column, object value, string? device, int? devices, bool expected) =>
        Assert.Equal(
            expected,
            CrossFieldRules
                .Check(
                    name =>
                        name == column ? value
                        : name == "device" ? device
                        : null,
                    name => name,
                    devices
                )
                .Any(issue => issue.Column == column)
        );

    [Fact]
    public void CrossField_WithNothingSet_IsSilent() => Assert.Empty(CrossFieldRules.Check(_ => null, name => name));

    [Theory]
    [InlineData("cache_type_v")]
    [InlineData("cache_type_v_draft")]
    public void QuantisedVCache_WithoutFlashAttention_Warns(string column) =>
        Assert.Contains(
            CrossFieldRules.Check(
                name =>
                    name == column ? "q8_0"
                    : name == "flash_attn" ? "off"
                    : null,
                name => name
            ),
            issue => issue.Column == column && issue.Message.Contains("flash_attn")
        );
}
