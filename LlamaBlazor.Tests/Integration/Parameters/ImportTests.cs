using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Parameters.Import;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

public sealed class ImportTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Command_BecomesAModel_WhoseCommandSaysTheSame()
    {
        const string Command =
            "llama-server --model '/nowhere/My Model.gguf' --alias mine,other --ctx-size 8192 --temp 0.3 --no-jinja --logit-bias 5+1 "
            + "--logit-bias 6-1 --brand-new 1 --port 9 --timeout 5 stray";
        var answer = await PostAsync(new { command = Command }, HttpStatusCode.Created);
        Assert.Equal("mine", answer.GetProperty("model").GetProperty("name").GetString());
        Assert.Equal("stray", Assert.Single(answer.GetProperty("not_understood").EnumerateArray()).GetProperty("token").GetString());
        Assert.Equal(
            ["--port", "--timeout"],
            answer.GetProperty("ignored").EnumerateArray().Select(flag => flag.GetProperty("flag").GetString()).Order()
        );
        var id = answer.GetProperty("model").GetProperty("id").GetInt64();
        var sampling = (await app.GetAsync($"/api/models/{id}/config/sampling")).GetProperty("values");
        Assert.Equal(["5+1", "6-1"], sampling.GetProperty("logit_bias").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(0, (await app.GetAsync($"/api/models/{id}/config/server")).GetProperty("values").GetProperty("jinja").GetInt32());
        Assert.Equal(
            "1",
            (await app.GetAsync($"/api/models/{id}/config/advanced"))
                .GetProperty("values")
                .GetProperty("custom_params")
                .GetProperty("--brand-new")
                .GetString()
        );
        Assert.Equal(
            "other",
            Assert
                .Single(
                    (await app.GetAsync($"/api/models/{id}/config/runtime")).GetProperty("values").GetProperty("aliases").EnumerateArray()
                )
                .GetString()
        );
    }

    [Fact]
    public async Task DryRun_ChangesNothing()
    {
        var before = (await app.GetAsync("/api/models")).GetProperty("items").GetArrayLength();
        var answer = await PostAsync(new { command = "llama-server -m /nowhere/dry.gguf -c 1", dry_run = true }, HttpStatusCode.OK);
        Assert.Equal(1, answer.GetProperty("sections").GetProperty("model").GetProperty("ctx_size").GetInt32());
        Assert.Equal(before, (await app.GetAsync("/api/models")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("llama-server -m /nowhere/field.gguf -c 512 --grammar a --json-schema {}", "grammar", "--grammar a")]
    [InlineData("llama-server -m /nowhere/field.gguf -c 512 --parallel 0", "n_parallel", "--parallel 0")]
    [InlineData(
        "llama-server -m /nowhere/field.gguf -c 512 --spec-type mtp:n_max=2,p_min=0.6",
        "spec_type",
        "--spec-type mtp:n_max=2,p_min=0.6"
    )]
    [InlineData("llama-server -m /nowhere/field.gguf -c 512 --temp warm", "temperature", "--temp warm")]
    [InlineData("llama-server -m /nowhere/field.gguf -c 512 --lora relative.gguf", "lora", "--lora relative.gguf")]
    [InlineData(
        "llama-server -m /nowhere/field.gguf -c 512 --chat-template-kwargs '{\"a\":1,\"a\":2}'",
        "chat_template_kwargs",
        "--chat-template-kwargs {\"a\":1,\"a\":2}"
    )]
    public async Task BadValue_IsRefusedAlone(string command, string field, string token)
    {
        var dry = await PostAsync(new { command, dry_run = true }, HttpStatusCode.OK);
        var made = await PostAsync(new { command, name = "field " + field }, HttpStatusCode.Created);
        Assert.Equal(dry.GetProperty("errors").GetRawText(), made.GetProperty("errors").GetRawText());
        Assert.Equal(field, Assert.Single(made.GetProperty("errors").EnumerateObject()).Name);
        var reported = Assert.Single(made.GetProperty("not_understood").EnumerateArray());
        Assert.Equal((token, field), (reported.GetProperty("token").GetString(), reported.GetProperty("field").GetString()));
        Assert.Equal(
            512,
            (await app.GetAsync($"/api/models/{made.GetProperty("model").GetProperty("id").GetInt64()}/config/model"))
                .GetProperty("values")
                .GetProperty("ctx_size")
                .GetInt32()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("llama-server --temp 0.5")]
    [InlineData("llama-server -m only-here.gguf -c 5")]
    [InlineData("whisper-server -m /m/small.bin -l auto")]
    [InlineData("docker run -v /m:/m vllm/vllm-openai --model /m/x.gguf")]
    public async Task BadCommand_Is422_AndMakesNoModel(string command)
    {
        await PostAsync(new { command, name = "never-made" }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/api/models/never-made")).StatusCode);
    }

    [Fact]
    public async Task TakenName_IsRefused()
    {
        await PostAsync(new { command = "llama-server -m /nowhere/a.gguf", name = "taken" }, HttpStatusCode.Created);
        var errors = (
            await PostAsync(new { command = "llama-server -m /nowhere/b.gguf", name = "Taken" }, HttpStatusCode.UnprocessableEntity)
        ).GetProperty("errors");
        Assert.True(errors.TryGetProperty("name", out _));
    }

    [Fact]
    public async Task Secret_InACommand_IsMasked()
    {
        var answer = await PostAsync(new { command = "HF_TOKEN=hf_shh llama-server -hf a/b", dry_run = true }, HttpStatusCode.OK);
        Assert.DoesNotContain("hf_shh", answer.GetRawText());
    }

    [Fact]
    public async Task OurOwnCommand_PastedBack_KeepsTheSecret_AndWhatItDoesNotMention()
    {
        var id = (
            await PostAsync(
                new { command = "HF_TOKEN=hf_kept llama-server -m /nowhere/kept.gguf --temp 0.8 --min-p 0.05", name = "kept" },
                HttpStatusCode.Created
            )
        )
            .GetProperty("model")
            .GetProperty("id")
            .GetInt64();
        var import = app.Services.GetRequiredService<CommandImport>();
        var plan = (await import.ReadAsync("HF_TOKEN=*** llama-server -m /nowhere/kept.gguf --temp 0.5", CancellationToken.None)).Value;
        Assert.Equal("HF_TOKEN", Assert.Single(plan.Ignored).Flag);
        Assert.True((await import.ApplyAsync(id, plan, CancellationToken.None)).IsSuccess);
        var own = (await app.Services.GetRequiredService<ParameterStore>().ReadAsync(id))!.Own;
        Assert.Equal("hf_kept", own.Get("hf_token"));
        Assert.Equal(0.5, own.Get("temperature"));
        Assert.Equal(["min_p"], own.Forced); // temperature is said as another value; min-p is not mentioned
    }

    [Fact]
    public async Task HomeFolder_IsTheDashboards()
    {
        var answer = await PostAsync(
            new { command = "llama-server -m ~/x.gguf --grammar-file $GRAMMARS/a.gbnf", dry_run = true },
            HttpStatusCode.OK
        );
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.Equal(home + "/x.gguf", answer.GetProperty("sections").GetProperty("model").GetProperty("model_path").GetString());
        Assert.Equal(
            "$GRAMMARS/a.gbnf",
            Assert.Single(answer.GetProperty("not_understood").EnumerateArray()).GetProperty("token").GetString()
        );
    }

    private async Task<JsonElement> PostAsync(object body, HttpStatusCode expected)
    {
        var answer = await app.Http.PostAsJsonAsync("/api/models/import-command", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }
}
