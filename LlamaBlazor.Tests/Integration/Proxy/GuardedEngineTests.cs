using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LlamaBlazor.Tests.Integration.Instances;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>Engines that ask for a key of their own, answer below a prefix or speak TLS: clients of the endpoint notice none of
/// it.</summary>
public sealed class GuardedEngineTests(GuardedApp app) : IClassFixture<GuardedApp>
{
    private const string EngineKey = "key-of-the-engine";

    [LinuxFact]
    public async Task KeyAndPrefix_AreTheEnginesOwn_AndTheClientsKeyStaysHere()
    {
        var name = await app.AddGuardedAsync(EngineScript.Write(app.Folder, "load-ms=0", "tps=2000"), null, Guard("/llama"));
        await AskAsync(name);
    }

    [LinuxFact]
    public async Task OwnCertificate_IsAccepted_OnLoopback()
    {
        var (certificate, key) = WriteCertificate();
        var name = await app.AddGuardedAsync(
            EngineScript.Write(app.Folder, "load-ms=0", "tps=2000"),
            null,
            Guard("/tls", certificate, key)
        );
        Assert.StartsWith("https://", await AskAsync(name));
    }

    [LinuxFact]
    public async Task StreamThatWaitedForTheStart_ShowsTheKeyToo()
    {
        var name = await app.AddGuardedAsync(EngineScript.Write(app.Folder, "load-ms=2500", "tps=2000"), null, Guard("/late"));
        using var answer = await SendAsync(name, stream: true);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith(": waiting", text);
        Assert.EndsWith("data: [DONE]\n\n", text);
    }

    [RealModelFact]
    public async Task RealEngine_WithKeyAndPrefix_Answers()
    {
        var name = await app.AddGuardedAsync(RealEngineFactAttribute.Engine!, RealModelFactAttribute.Model, Guard("/real"));
        await AskAsync(name);
    }

    // Asks through the endpoint with a key of the client's own, plain and by path; asks the engine without a key.
    private async Task<string> AskAsync(string name)
    {
        using var answer = await SendAsync(name, stream: false);
        Assert.Equal(
            "assistant",
            (await answer.Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("choices")[0]
                .GetProperty("message")
                .GetProperty("role")
                .GetString()
        );
        Assert.Contains("total_slots", await app.Http.GetStringAsync($"/upstream/{name}/props"));
        var engine = app.Board.ByModel.Values.Single(instance => instance.Model == name).BaseUrl!;
        using var direct = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
        using var refused = await direct.GetAsync(new Uri(engine + "/props"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        return engine;
    }

    private async Task<HttpResponseMessage> SendAsync(string name, bool stream)
    {
        using var request = ProxyFixture.Post(
            "/v1/chat/completions",
            JsonSerializer.Serialize(
                new
                {
                    model = name,
                    stream,
                    max_tokens = 3,
                    messages = new[] { new { role = "user", content = "hi" } },
                }
            )
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "key-of-the-client");
        var answer = await app.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    private static Dictionary<string, object?> Guard(string prefix, string? certificate = null, string? key = null) =>
        new()
        {
            ["api_key"] = EngineKey,
            ["api_prefix"] = prefix,
            ["ssl_cert_file"] = certificate,
            ["ssl_key_file"] = key,
        };

    private (string Certificate, string Key) WriteCertificate()
    {
        using var secret = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=engine", secret, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var (file, key) = (app.Folder.File("engine.crt"), app.Folder.File("engine.key"));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(key, secret.ExportPkcs8PrivateKeyPem());
        return (file, key);
    }
}

/// <summary>Engines that are processes, and comments in waiting streams after a second.</summary>
public sealed class GuardedApp : InstanceHarness
{
    public GuardedApp() => With("LlamaBlazor:Proxy:KeepAliveSeconds", "1");

    /// <summary>Adds a model that will start with these server settings; returns its name.</summary>
    public async Task<string> AddGuardedAsync(string engine, string? file, Dictionary<string, object?> settings)
    {
        using var saved = await Http.PatchAsJsonAsync("/api/server-config", settings);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        return (await GetAsync($"/api/models/{await AddModelWithAsync(engine, file)}")).GetProperty("name").GetString()!;
    }
}
