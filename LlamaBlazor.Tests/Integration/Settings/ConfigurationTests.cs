using System.Net;
using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Tests.Architecture;
using LlamaBlazor.Tests.Integration.Parameters;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Extensions.Configuration;

namespace LlamaBlazor.Tests.Integration.Settings;

/// <summary>What is wrong in the configuration is told at start; what is set and never used is told where it is set.</summary>
public sealed partial class ConfigurationTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("LlamaBlazor:PortRange", "99")]
    [InlineData("llamablazor:portrange", "40000-1")]
    [InlineData("LlamaBlazor:WatchFolders", "maybe")]
    [InlineData("LlamaBlazor:Demo", "1")]
    [InlineData("LlamaBlazor:Logs:Index", "ja")]
    [InlineData("LlamaBlazor:EngineDirectories:0", "relative/folder")]
    public void WrongValue_EndsTheStart_AndNamesItsKey(string key, string value)
    {
        var error = Assert.Throws<StartupException>(() => ConfigurationCheck.Require(Configuration((key, value))));
        Assert.Contains(key, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(value, error.Message);
    }

    [Fact]
    public void SeveralWrongValues_AreToldAtOnce()
    {
        var error = Assert.Throws<StartupException>(() =>
            ConfigurationCheck.Require(Configuration(("LlamaBlazor:PortRange", "99"), ("LlamaBlazor:Demo", "x")))
        );
        Assert.Equal(2, error.Message.Split('\n').Length);
        ConfigurationCheck.Require(Configuration(("LlamaBlazor:PortRange", "40000-40999"), ("LlamaBlazor:Demo", "True")));
    }

    [Theory]
    [InlineData("LlamaBlazor:Proxy:QueuSize", "LlamaBlazor:Proxy:QueueSize")]
    [InlineData("LLAMABLAZOR:PROXY:QUEUSIZE", "LlamaBlazor:Proxy:QueueSize")]
    [InlineData("LlamaBlazor:Instances:StartLimitSecond", "LlamaBlazor:Instances:StartLimitSeconds")]
    [InlineData("LlamaBlazor:PortRanges", "LlamaBlazor:PortRange")]
    public void UnknownKey_IsTold_WithTheClosestKnownOne(string key, string closest)
    {
        var told = Assert.Single(ConfigurationKeys.Unknown(Configuration((key, "1"))));
        Assert.Contains(key, told, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"Did you mean {closest}?", told);
    }

    [Theory]
    [InlineData("LlamaBlazor:Proxy:QueueSize")]
    [InlineData("LLAMABLAZOR:PROXY:QUEUESIZE")]
    [InlineData("LlamaBlazor:ModelDirectories:7")]
    [InlineData("LlamaBlazor:ModelDirectories")] // as an empty list stands
    [InlineData("LlamaBlazor:Retention:metrics:Rows")]
    [InlineData("LlamaBlazor:Downloads:TrustedHosts:0")]
    [InlineData("Kestrel:Anything")]
    public void KnownKey_IsNotTold(string key)
    {
        Assert.Empty(ConfigurationKeys.Unknown(Configuration((key, "1"))));
    }

    [Fact]
    public void EachKeyOfTheSource_IsKnown()
    {
        var keys = Source
            .Files("LlamaBlazor.Web", "*.cs")
            .SelectMany(file => KeyInSource().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["key"].Value)
            .Distinct()
            .ToList();
        Assert.NotEmpty(keys);
        var known = SettingTable.All.Select(definition => definition.ShortKey).ToList(); // or a section of them
        Assert.DoesNotContain(
            keys,
            key => !known.Exists(other => other == key || other.StartsWith(key.TrimEnd(':') + ":", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("LlamaBlazor:Retention:metrics:Rows")]
    [InlineData("LLAMABLAZOR:RETENTION:METRICS:ROWS")]
    [InlineData("LlamaBlazor:Retention:Metrics:rows")]
    public void Retention_IsReadWithoutRegardToCase(string key)
    {
        ConfigurationCheck.Require(Configuration((key, "5000")));
        Assert.Throws<StartupException>(() => ConfigurationCheck.Require(Configuration((key, "many"))));
    }

    [Fact]
    public async Task SettingsThatAreNeverUsed_SayTheyAreNot()
    {
        var model = await app.SendAsync(
            HttpMethod.Post,
            "/api/models/import-command",
            new { command = "llama-server -m /nowhere/unused.gguf", name = "unused" },
            HttpStatusCode.Created
        );
        var path = $"/api/models/{model.GetProperty("model").GetProperty("id").GetInt64()}/config";
        var answers = new[]
        {
            await app.SendAsync(
                HttpMethod.Patch,
                "/api/server-config",
                new
                {
                    host = "0.0.0.0",
                    port = 9000,
                    models_dir = "/x",
                    models_preset = "/x.ini",
                    models_autoload = 0,
                    verbose_prompt = 1,
                },
                HttpStatusCode.OK
            ),
            await app.SendAsync(HttpMethod.Patch, $"{path}/gpu", new { list_devices = 1 }, HttpStatusCode.OK),
            await app.SendAsync(HttpMethod.Patch, $"{path}/memory", new { defrag_thold = 0.5 }, HttpStatusCode.OK),
            await app.SendAsync(HttpMethod.Patch, $"{path}/lora", new { ctx_size_draft = 4096, spec_replace = "a b" }, HttpStatusCode.OK),
        };
        var told = answers
            .SelectMany(answer => answer.GetProperty("warnings").EnumerateArray())
            .Where(warning => warning.GetProperty("message").GetString()!.Contains("never used"))
            .Select(warning => warning.GetProperty("field").GetString());
        Assert.Equal(
            [
                "ctx_size_draft",
                "defrag_thold",
                "host",
                "list_devices",
                "models_autoload",
                "models_dir",
                "models_preset",
                "port",
                "spec_replace",
                "verbose_prompt",
            ],
            told.Order()
        );
        await app.SendAsync(
            HttpMethod.Patch,
            "/api/server-config",
            new
            {
                host = (string?)null,
                port = (int?)null,
                models_dir = (string?)null,
                models_preset = (string?)null,
                models_autoload = (int?)null,
                verbose_prompt = (int?)null,
            },
            HttpStatusCode.OK
        );
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .Build();

    [GeneratedRegex("\"LlamaBlazor:(?<key>[A-Za-z:]+)\"")]
    private static partial Regex KeyInSource();
}
