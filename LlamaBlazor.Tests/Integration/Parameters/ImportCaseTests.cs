using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Models.Library;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Integration.Parameters;

/// <summary>Configurations as people have them: each word becomes a setting, or is reported.</summary>
public sealed class ImportCaseTests(AppFixture app) : IClassFixture<AppFixture>
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Fact]
    public async Task A1_FoldedMacrosForWindows_AndAnotherProgramAmongTheModels()
    {
        var answer = await FileAsync("A1-win-folded-macros.yaml");
        var (alpha, beta) = (Model(answer, "Alpha Flash"), Model(answer, "Beta-20B"));
        Assert.Equal("D:/lm/alpha/Alpha-Flash-Q4_K_M.gguf", Value(alpha, "model", "model_path").GetString());
        Assert.Equal(
            (80000, 1, 0),
            (
                Value(alpha, "model", "ctx_size").GetInt32(),
                Value(alpha, "model", "n_parallel").GetInt32(),
                Value(alpha, "memory", "mmap").GetInt32()
            )
        );
        Assert.Equal(
            (24, 48, 64),
            (
                Value(alpha, "lora", "spec_ngram_mod_n_match").GetInt32(),
                Value(alpha, "lora", "spec_ngram_mod_n_min").GetInt32(),
                Value(alpha, "lora", "spec_ngram_mod_n_max").GetInt32()
            )
        );
        Assert.Equal(@"D:\lm\beta\beta-20b-MXFP4.gguf", Value(beta, "model", "model_path").GetString());
        Assert.Equal(@"D:\gram\beta.gbnf", Value(beta, "sampling", "grammar_file").GetString());
        Assert.Equal(".ffn_(up|down)_exps.=CPU", Value(beta, "advanced", "override_tensor").GetString());
        Assert.Equal(["beta", "beta-20b"], Value(beta, "runtime", "aliases").EnumerateArray().Select(alias => alias.GetString()));
        Assert.Equal(900, Value(beta, "runtime", "ttl_seconds").GetInt32());
        Assert.Contains("whisper-server.exe is not llama-server", Reason(answer, "speech"));
        Assert.Equal(["groups", "metricsMaxInMemory", "sendLoadingState", "speech"], Tokens(answer).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A2_MacrosOfTheEnvironment_Wrappers_AndIdleTimes()
    {
        var answer = await FileAsync("A2-env-macros-several-engines.yaml");
        var (gamma, fork) = (Model(answer, "gamma"), Model(answer, "gamma-ik"));
        Assert.Equal($"{Home}/models/gamma/gamma-Q4_K_M-00001-of-00033.gguf", Value(gamma, "model", "model_path").GetString());
        Assert.Equal(
            ("37", 65536, 600),
            (
                Value(gamma, "gpu", "gpu_layers").GetString(),
                Value(gamma, "model", "ctx_size").GetInt32(),
                Value(gamma, "runtime", "ttl_seconds").GetInt32()
            )
        );
        Assert.Equal("""{"reasoning_effort":"high"}""", Value(gamma, "server", "chat_template_kwargs").GetString());
        Assert.Equal(0, Value(fork, "runtime", "ttl_seconds").GetInt32());
        Assert.Contains("taskset -c 0-11", Flags(gamma));
        Assert.Contains(
            Flags(gamma),
            flag => flag.StartsWith("${env.STACK}/vendor/llama.cpp/build/bin/llama-server", StringComparison.Ordinal)
        );
        Assert.Contains(Flags(Model(answer, "gamma-exp")), flag => flag.EndsWith("llama-server-exp", StringComparison.Ordinal));
        Assert.True(
            gamma.GetProperty("sections").GetRawText().Contains("GGML_CUDA_GRAPH_OPT", StringComparison.Ordinal)
                || Tokens(gamma).Contains("GGML_CUDA_GRAPH_OPT=…")
        );
        Assert.Contains("unlisted", Tokens(fork));
        Assert.DoesNotContain("globalTTL", Tokens(answer));
        Assert.Contains("apiKeys", Tokens(answer));
    }

    [Fact]
    public async Task A3_Variants_Preload_AndPinned()
    {
        var answer = await FileAsync("A3-variants-preload-pin.yaml");
        var (delta, embed) = (Model(answer, "delta"), Model(answer, "embed"));
        var variants = delta
            .GetProperty("aliases")
            .EnumerateArray()
            .ToDictionary(alias => alias.GetProperty("name").GetString()!, alias => alias.GetProperty("parameters").GetString());
        Assert.Equal(
            """{"top_k":20,"temperature":0.7,"presence_penalty":1.5,"chat_template_kwargs":{"enable_thinking":false}}""",
            variants["delta:nothink"]
        );
        Assert.Equal("""{"top_k":20,"temperature":0.6,"chat_template_kwargs":{"enable_thinking":true}}""", variants["coding"]);
        Assert.Equal((20, 0.6), (Value(delta, "sampling", "top_k").GetInt32(), Value(delta, "sampling", "temperature").GetDouble()));
        Assert.Equal(
            (1, 1, 4),
            (
                Value(embed, "runtime", "preload").GetInt32(),
                Value(embed, "runtime", "pinned").GetInt32(),
                Value(embed, "runtime", "concurrency").GetInt32()
            )
        );
        Assert.Equal(["filters", "name", "description"], Tokens(delta));
        Assert.Equal(["groups"], Tokens(answer));
        await FileAsync("A3-variants-preload-pin.yaml", dryRun: false);
        var aliases = (await app.GetAsync("/api/aliases"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(alias => alias.GetProperty("name").GetString());
        Assert.Superset(new HashSet<string?> { "coding", "default", "delta:nothink" }, aliases.ToHashSet());
    }

    [Fact]
    public async Task A5_CommentsInAFoldedCommand_EndWithTheirLine()
    {
        var eta = Model(await FileAsync("A5-folded-comments.yaml"), "eta");
        Assert.Equal(
            ("999", 1, "on"),
            (
                Value(eta, "gpu", "gpu_layers").GetString(),
                Value(eta, "gpu", "main_gpu").GetInt32(),
                Value(eta, "sampling", "flash_attn").GetString()
            )
        );
        Assert.Equal((32000, 0.6), (Value(eta, "model", "ctx_size").GetInt32(), Value(eta, "sampling", "temperature").GetDouble()));
        Assert.Equal(["proxy"], Tokens(eta));
    }

    [Fact]
    public async Task A6_QuotesAroundPaths_AreTakenOff()
    {
        var answer = await FileAsync("A6-quoted-paths.ini");
        var theta = Model(answer, "Theta");
        Assert.Equal(@"D:\llama\models\Theta-8B-Q4_K_M.gguf", Value(theta, "model", "model_path").GetString());
        Assert.Equal(("on", 4096), (Value(theta, "sampling", "flash_attn").GetString(), Value(theta, "model", "ctx_size").GetInt32()));
        Assert.Equal("none", Value(theta, "advanced", "custom_params").GetProperty("-lm").GetString());
        Assert.Equal(@"D:\llama\models\Iota 4B\iota-Q4_0.gguf", Value(Model(answer, "Iota"), "model", "model_path").GetString());
    }

    [Fact]
    public async Task A7_SectionsWithoutAModel_AreNone()
    {
        var answer = await FileAsync("A7-sampling-only.ini");
        Assert.Equal(
            ["org/Kappa-27B-GGUF:Q8_0", "Lambda-9B"],
            answer.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString())
        );
        Assert.Contains("names no model", Reason(answer, "chatting"));
        var kappa = Model(answer, "org/Kappa-27B-GGUF:Q8_0");
        Assert.Equal((0.6, 0.95), (Value(kappa, "sampling", "temperature").GetDouble(), Value(kappa, "sampling", "top_p").GetDouble()));
        // No engine has it, so it is kept as it is.
        Assert.Equal("1.0", Value(kappa, "advanced", "custom_params").GetProperty("--repetition_penalty").GetString());
        Assert.Equal(
            (1, 0, "12/19"),
            (
                Value(kappa, "runtime", "preload").GetInt32(),
                Value(kappa, "memory", "mmap").GetInt32(),
                Value(kappa, "gpu", "tensor_split").GetString()
            )
        );
        var lambda = Model(answer, "Lambda-9B");
        Assert.Equal("someone/Lambda-9B-MTP-GGUF", Value(lambda, "model", "hf_repo").GetString());
        Assert.Contains("relative", lambda.GetProperty("errors").GetProperty("chat_template_file")[0].GetString());
        Assert.Contains("[Lambda-9B] stop-timeout", Tokens(answer));
    }

    [Fact]
    public async Task A10_BatchFile_WithItsVariables()
    {
        var answer = await CommandAsync("A10-cmd-batch.txt");
        Assert.Equal(@"G:\Utils\models\Xi-8B-Q6_K.gguf", Value(answer, "model", "model_path").GetString());
        Assert.Equal(
            (4096, "20", "xi 8b"),
            (
                Value(answer, "model", "ctx_size").GetInt32(),
                Value(answer, "gpu", "gpu_layers").GetString(),
                answer.GetProperty("model").GetProperty("name").GetString()
            )
        );
        Assert.Empty(Tokens(answer));
        Assert.Equal(["--host", "echo off", "pause"], Flags(answer).Where(flag => flag is "--host" or "echo off" or "pause"));
    }

    [Fact]
    public async Task A11_StartWithATitle()
    {
        var answer = await CommandAsync("A11-cmd-start.txt");
        Assert.Equal(16000, Value(answer, "model", "ctx_size").GetInt32());
        Assert.Contains("relative", answer.GetProperty("errors").GetProperty("model_path")[0].GetString());
        Assert.Contains("relative", answer.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A13_ComposeFile()
    {
        var model = Model(await FileAsync("A13-compose.yaml"), "rho-27b-Q4_K_M");
        Assert.Equal(
            (16384, "99", 2),
            (
                Value(model, "model", "ctx_size").GetInt32(),
                Value(model, "gpu", "gpu_layers").GetString(),
                Value(model, "model", "n_parallel").GetInt32()
            )
        );
        Assert.Equal(("q8_0", 1), (Value(model, "memory", "cache_type_k").GetString(), Value(model, "server", "jinja").GetInt32()));
        Assert.Equal("ghcr.io/ggml-org/llama.cpp:server-cuda", Value(model, "runtime", "container_image").GetString());
        Assert.Contains("relative", model.GetProperty("error").GetString()); // ./models, and no such file in the library
        Assert.Contains("-p 8080:8080", Flags(model));
    }

    [Fact]
    public async Task A15_BashScript_WithItsVariables()
    {
        var answer = await CommandAsync("A15-bash-script.txt");
        Assert.Equal($"{Home}/models/tau-14B-Q4_K_M.gguf", Value(answer, "model", "model_path").GetString());
        Assert.Equal(
            (16384, "on", "tau-14b"),
            (
                Value(answer, "model", "ctx_size").GetInt32(),
                Value(answer, "sampling", "flash_attn").GetString(),
                answer.GetProperty("model").GetProperty("name").GetString()
            )
        );
        Assert.Equal(Environment.ProcessorCount, Value(answer, "model", "threads").GetInt32());
        Assert.Contains("--threads $(nproc)", answer.GetProperty("ignored").GetRawText());
        Assert.Contains("2>&1 | tee server.log", Flags(answer));
        Assert.DoesNotContain("secret", answer.GetRawText());
    }

    [Fact]
    public async Task A16_CommandOfAFork_KeepsAllButTheForeignValue()
    {
        var answer = await CommandAsync("A16-ik-fork.txt");
        Assert.Equal("spec_type", Assert.Single(answer.GetProperty("errors").EnumerateObject()).Name);
        Assert.Contains("--spec-type mtp:n_max=2,p_min=0.6", Tokens(answer));
        Assert.Equal((60000, 6144), (Value(answer, "model", "ctx_size").GetInt32(), Value(answer, "memory", "cache_ram").GetInt32()));
        Assert.Contains("/usr/local/bin/ik-llama-server", Flags(answer));
        Assert.True(Value(answer, "advanced", "custom_params").GetProperty("--merge-qkv").GetBoolean());
    }

    [Fact]
    public async Task A22_RemovedFlags_GoToTheMethodTheyMeant()
    {
        var answer = await CommandAsync("A22-removed-ngram.txt");
        Assert.Equal(
            (24, 48, 64),
            (
                Value(answer, "lora", "spec_ngram_mod_n_match").GetInt32(),
                Value(answer, "lora", "spec_ngram_mod_n_min").GetInt32(),
                Value(answer, "lora", "spec_ngram_mod_n_max").GetInt32()
            )
        );
        Assert.Equal(
            ["spec_ngram_mod_n_match", "spec_ngram_mod_n_max", "spec_ngram_mod_n_min", "spec_type"],
            answer.GetProperty("sections").GetProperty("lora").EnumerateObject().Select(pair => pair.Name).Order()
        );
    }

    [Fact]
    public async Task A24_JsonAsCmdWantsIt()
    {
        var answer = await CommandAsync("A24-windows-json.txt");
        Assert.Equal("""{"enable_thinking":false}""", Value(answer, "server", "chat_template_kwargs").GetString());
        Assert.Equal(4096, Value(answer, "model", "ctx_size").GetInt32());
        Assert.Empty(Tokens(answer));
    }

    [Theory]
    [InlineData("A18-one-file-two-variants.ini")]
    [InlineData("A18-one-file-two-variants.yaml")]
    public async Task A18_OneFileInSeveralEntries_BecomesSeveralModels(string name)
    {
        var folder = Path.Combine(app.ModelFolder, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        GgufSamples.Llama(name).Save(Path.Combine(folder, "chi.gguf"));
        await app.Services.GetRequiredService<LibraryService>().ScanAsync();
        var text = Text(name).Replace("{LIBRARY}", folder, StringComparison.Ordinal);
        var dry = await PostAsync("/api/presets/import", new { text, dry_run = true });
        Assert.All(
            dry.GetProperty("models").EnumerateArray(),
            model => Assert.Equal(JsonValueKind.Null, model.GetProperty("error").ValueKind)
        );
        var made = await PostAsync("/api/presets/import", new { text });
        Assert.All(
            made.GetProperty("models").EnumerateArray(),
            model => Assert.Equal(JsonValueKind.Null, model.GetProperty("error").ValueKind)
        );
        Assert.Equal(dry.GetProperty("models").EnumerateArray().Select(Said), made.GetProperty("models").EnumerateArray().Select(Said));
        var rows = (await app.GetAsync("/api/models?limit=500"))
            .GetProperty("items")
            .EnumerateArray()
            .Where(row => row.GetProperty("model_path").GetString() == Path.Combine(folder, "chi.gguf"))
            .ToList();
        Assert.Equal(
            made.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()).Order(),
            rows.Select(row => row.GetProperty("name").GetString()).Order()
        );
        Assert.All(rows, row => Assert.Equal("llama", row.GetProperty("architecture").GetString())); // each with what the header says

        static string Said(JsonElement model) => model.GetProperty("name").GetString() + model.GetProperty("sections").GetRawText();
    }

    private static string Text(string name)
    {
        using var reader = new StreamReader(typeof(ImportCaseTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static JsonElement Model(JsonElement answer, string name) =>
        answer.GetProperty("models").EnumerateArray().Single(model => model.GetProperty("name").GetString() == name);

    private static JsonElement Value(JsonElement model, string section, string column) =>
        model.GetProperty("sections").GetProperty(section).GetProperty(column);

    private static IEnumerable<string> Tokens(JsonElement answer) =>
        answer.GetProperty("not_understood").EnumerateArray().Select(word => word.GetProperty("token").GetString()!);

    private static string Reason(JsonElement answer, string token) =>
        answer
            .GetProperty("not_understood")
            .EnumerateArray()
            .Single(word => word.GetProperty("token").GetString() == token)
            .GetProperty("reason")
            .GetString()!;

    private static IEnumerable<string> Flags(JsonElement answer) =>
        answer.GetProperty("ignored").EnumerateArray().Select(flag => flag.GetProperty("flag").GetString()!);

    private Task<JsonElement> FileAsync(string name, bool dryRun = true) =>
        PostAsync("/api/presets/import", new { text = Text(name), dry_run = dryRun });

    private Task<JsonElement> CommandAsync(string name) =>
        PostAsync("/api/models/import-command", new { command = Text(name), dry_run = true });

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        var answer = await app.Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }
}
