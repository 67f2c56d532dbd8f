using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Security;

/// <summary>What another user of the machine gets of a dashboard whose own user lets everybody read what it makes (umask 0).</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HostileUserTests : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    private string Data => _folder.File("data");

    public void Dispose() => _folder.Dispose();

    [HostileUserFact]
    public async Task Files_AreTheUsersOwn_FromTheFirstMoment_AndThoseThatComeLaterToo()
    {
        Open(_folder.Path);
        using var thief = HostileUser.Start(
            $"while [ ! -e '{_folder.File("enough")}' ]; do cat '{Data}'/* '{Data}'/.[a-z]* '{Data}'/*/* 2>/dev/null; sleep 0.01; done"
        );
        var loot = thief.StandardOutput.ReadToEndAsync();
        using var program = await StartAsync();
        Assert.True((await program.Http.PostAsync("/api/database/backup", null)).IsSuccessStatusCode);
        Assert.True((await program.Http.GetAsync("/api/database/export")).IsSuccessStatusCode);
        using var stalled = new CancellationTokenSource();
        var spooled = HoldAsync(program, "/v1/chat/completions", "{\"a\":\""u8.ToArray(), null, stalled.Token);
        var upload = HoldAsync(program, "/api/database/import", "SQLite format 3\0"u8.ToArray(), "file", stalled.Token);
        await Until.TrueAsync(() => Bodies(program.Pid).Count > 0, "a body on the disk");
        await Until.TrueAsync(() => Directory.GetFiles(Path.Combine(Data, "backups"), ".upload-*").Length > 0, "an upload on the disk");
        Assert.All(Bodies(program.Pid), body => Assert.Equal(OwnerFile, File.GetUnixFileMode(body)));

        var files = Directory.GetFiles(Data, "*", SearchOption.AllDirectories);
        foreach (var part in new[] { "llama-dashboard.db", "llama-dashboard.db-wal", ".lock", "key-", ".log", "-manual-", ".upload-" })
            Assert.Contains(files, file => Path.GetFileName(file).Contains(part, StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal((file, OwnerFile), (file, File.GetUnixFileMode(file) | OwnerFile)));
        Assert.All(
            Directory.GetDirectories(Data, "*", SearchOption.AllDirectories).Append(Data),
            folder => Assert.Equal((folder, OwnerFolder), (folder, File.GetUnixFileMode(folder)))
        );
        foreach (var path in files.Append(Data))
            Assert.NotEqual(0, (await HostileUser.RunAsync($"cat '{path}' || ls '{path}'")).Code);
        Assert.NotEqual(0, (await HostileUser.RunAsync($"touch '{Data}/mine' || ln -s /etc '{Data}/link'")).Code);
        await File.WriteAllTextAsync(_folder.File("enough"), "");
        Assert.Equal("", await loot);
        await stalled.CancelAsync();
        await Task.WhenAll(spooled, upload);
    }

    [HostileUserFact]
    public async Task Engine_AnswersNobodyWithoutItsKey_WhichNobodySees()
    {
        using var program = await StartAsync();
        var instance = await StartModelAsync(program);
        var (port, pid) = (instance.GetProperty("port").GetInt32(), instance.GetProperty("pid").GetInt32());
        Assert.Contains(" 200 ", await HostileUser.AskAsync(port, "GET", "/health") + " ");
        foreach (
            var (method, path) in new[]
            {
                ("GET", "/props"),
                ("GET", "/slots"),
                ("POST", "/completion"),
                ("POST", "/v1/chat/completions"),
                ("POST", "/props"),
            }
        )
        {
            Assert.Contains(" 401 ", await HostileUser.AskAsync(port, method, path, "{}"));
            Assert.Contains(" 401 ", await HostileUser.AskAsync(port, method, path, "{}", "Authorization: Bearer guess"));
        }

        var key = (await File.ReadAllTextAsync($"/proc/{pid}/environ"))
            .Split('\0')
            .Single(variable => variable.StartsWith("LLAMA_API_KEY=", StringComparison.Ordinal))[14..];
        Assert.True(key.Length > 30);
        var seen = await HostileUser.RunAsync($"cat /proc/{pid}/environ; cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
        Assert.Contains("Permission denied", seen.Said);
        Assert.Contains("--port", seen.Said); // command lines are for all to see
        Assert.DoesNotContain(key, seen.Said);
    }

    [HostileUserFact]
    public async Task WithAKey_NothingIsChangedWithoutOne_OrThePagesPass()
    {
        using var program = await StartAsync();
        using var made = await program.Http.PostAsJsonAsync("/api/keys", new { name = "mine", scopes = new[] { "admin" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var secret = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        var model = await ModelAsync(program);
        var port = program.Http.BaseAddress!.Port;
        var before = await StateAsync(program, model);
        foreach (
            var (method, path, body) in new[]
            {
                ("PATCH", $"/api/models/{model}/config/runtime", """{"engine_path":"/bin/sh"}"""),
                ("PATCH", "/api/server-config", """{"log_file":"/tmp/x"}"""),
                ("PUT", "/api/launch-settings", """{"engine_path":"/bin/sh"}"""),
                ("POST", "/api/keys", """{"name":"theirs","scopes":["admin"]}"""),
                ("POST", "/api/keys/open", ""),
                ("POST", $"/api/models/{model}/start", ""),
                ("DELETE", $"/api/models/{model}", ""),
                ("POST", "/api/models/import-command", """{"command":"llama-server -m /x.gguf"}"""),
                ("POST", "/api/database/backup", ""),
                ("POST", "/api/database/vacuum", ""),
                ("GET", "/api/database/export", ""),
                ("POST", "/v1/chat/completions", "{}"),
            }
        )
        {
            foreach (
                var header in new[]
                {
                    "",
                    "Authorization: Bearer lb-guess",
                    "Cookie: llamablazor-pass=guess",
                    "Sec-Fetch-Site: same-origin",
                }
            )
                Assert.Contains(" 401 ", await HostileUser.AskAsync(port, method, path, body, header));
        }

        Assert.Equal(before, await StateAsync(program, model));
    }

    private async Task<ProgramProcess> StartAsync()
    {
        Open(_folder.Path);
        Directory.CreateDirectory(_folder.File("models"));
        await File.WriteAllBytesAsync(_folder.File("models/some.gguf"), GgufSamples.Llama("some").ToArray());
        var program = ProgramProcess.InShell(
            Data,
            "umask 0",
            "--models",
            _folder.File("models"),
            "--engine",
            EngineScript.Write(_folder, "load-ms=0")
        );
        await program.WaitReadyAsync();
        return program;
    }

    // The tests run as root, whose temporary folders others do not enter.
    private static void Open(string folder) =>
        File.SetUnixFileMode(folder, OwnerFolder | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    private static async Task<JsonElement> StartModelAsync(ProgramProcess program)
    {
        using var started = await program.Http.PostAsync($"/api/models/{await ModelAsync(program)}/start", null);
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync());
        JsonElement running = default;
        await Until.TrueAsync(
            async () =>
            {
                running = (await program.GetAsync("/api/instances?status=running")).GetProperty("items");
                return running.GetArrayLength() == 1;
            },
            "it runs"
        );
        return running[0];
    }

    private static async Task<long> ModelAsync(ProgramProcess program)
    {
        JsonElement models = default;
        await Until.TrueAsync(
            async () => (models = (await program.GetAsync("/api/models")).GetProperty("items")).GetArrayLength() == 1,
            "the model is found"
        );
        return models[0].GetProperty("id").GetInt64();
    }

    private static async Task<string> StateAsync(ProgramProcess program, long model)
    {
        var parts = new List<string>();
        foreach (var path in new[] { $"/api/models/{model}/config/runtime", "/api/server-config", "/api/launch-settings" })
            parts.Add((await program.GetAsync(path)).GetRawText());
        parts.AddRange(
            (await program.GetAsync("/api/keys")).GetProperty("items").EnumerateArray().Select(key => key.GetProperty("name").GetString()!)
        );
        parts.Add((await program.GetAsync("/api/models")).GetProperty("items").GetArrayLength().ToString());
        parts.Add((await program.GetAsync("/api/instances")).GetProperty("items").GetArrayLength().ToString());
        return string.Join('\n', parts);
    }

    // Sends a body larger than is kept in memory, and then waits, until it is given up.
    private static async Task HoldAsync(ProgramProcess program, string path, byte[] head, string? field, CancellationToken cancellation)
    {
        HttpContent content = new Held(head, cancellation);
        if (field is not null)
            content = new MultipartFormDataContent { { content, field, "a.db" } };
        else
            content.Headers.ContentType = new("application/json");
        try
        {
            using var answer = await program.Http.PostAsync(path, content, cancellation);
            Assert.Fail($"{path} was answered: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
        }
        catch (OperationCanceledException)
        {
            // given up, as it was meant to be
        }
        finally
        {
            content.Dispose();
        }
    }

    // Bodies have no name any more: what the process holds open of them.
    private static List<string> Bodies(int pid) =>
        [
            .. Directory
                .GetFiles($"/proc/{pid}/fd")
                .Where(file => new FileInfo(file).LinkTarget?.Contains("/.body-", StringComparison.Ordinal) == true),
        ];

    private sealed class Held(byte[] head, CancellationToken cancellation) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(head, cancellation);
            var block = new byte[1 << 20];
            Array.Fill(block, (byte)'a');
            for (var sent = 0; sent < 12; sent++)
                await stream.WriteAsync(block, cancellation);
            await stream.FlushAsync(cancellation);
            await Task.Delay(Timeout.Infinite, cancellation);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
