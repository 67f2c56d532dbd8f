using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Tests.Support;

namespace LlamaBlazor.Tests.Integration.Data;

/// <summary>A user who may not read or write all of it: every refusal names the file, the reason and the next step, and nothing breaks.
/// Tests as root never see that.</summary>
public sealed class PermissionTests : IDisposable
{
    private const UnixFileMode Shut = UnixFileMode.None;
    private const UnixFileMode Unwritable = UnixFileMode.UserRead | UnixFileMode.UserExecute;
    private const UnixFileMode Open = Unwritable | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    private string Data => _folder.File("data");

    private string Models => _folder.File("models");

    public void Dispose()
    {
        foreach (var folder in Directory.Exists(_folder.Path) ? Directory.GetDirectories(_folder.Path) : [])
            Mode(folder, Open); // or nobody but root could remove it
        _folder.Dispose();
    }

    [OtherUserTheory]
    [InlineData("", "The data folder {0} cannot be written. Give this user write access")]
    [InlineData("backups", "The folder {0} cannot be written. Give this user write access")]
    [InlineData("logs", "The folder {0} cannot be written. Give this user write access")]
    [InlineData("keys", "The folder {0} cannot be written. Give this user write access")]
    [InlineData(".lock", "{0} cannot be opened: it was made by another user")]
    [InlineData("keys/key-old.xml", "{0} cannot be opened: it was made by another user")]
    public async Task Start_InAFolderThatIsNotAllOurs_IsRefused_WithWords(string part, string words)
    {
        foreach (var folder in new[] { "backups", "logs", "keys" })
            Directory.CreateDirectory(Path.Combine(Data, folder));
        var path = part.Length == 0 ? Data : Path.Combine(Data, part);
        var isFile = part.Contains('.', StringComparison.Ordinal);
        if (isFile)
            await File.WriteAllTextAsync(path, "");
        OtherUser.Give(_folder.Path);
        Mode(path, isFile ? Shut : Unwritable);
        using var program = ProgramProcess.AsOtherUser(Data);
        var (code, output) = await program.WaitRefusedAsync();
        Assert.Equal(1, code);
        Assert.StartsWith(string.Format(CultureInfo.InvariantCulture, words, path), output);
        Assert.Contains("--data DIR", output);
        Assert.DoesNotContain("   at ", output);
        var (_, doctor, _) = await OtherUser.RunAsync("doctor", "--data", Data);
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, words, path).Split(". ")[0], doctor);
        Mode(path, Open);
    }

    [OtherUserFact]
    public async Task UnreadableDatabase_IsToldByThePageAndEveryCommand()
    {
        Directory.CreateDirectory(Path.Combine(Data, "logs"));
        var database = Path.Combine(Data, "llama-dashboard.db");
        await File.WriteAllTextAsync(database, "");
        var day = TimeProvider.System.GetUtcNow();
        var foreign = new[] { day, day.AddDays(1) }
            .Select(when => Path.Combine(Data, "logs", $"llamablazor-{when:yyyyMMdd}.00001.log"))
            .ToList();
        foreach (var log in foreign)
            await File.WriteAllTextAsync(log, "of another user");
        OtherUser.Give(_folder.Path);
        foreach (var file in foreign.Append(database))
            Mode(file, Shut);
        using (var program = ProgramProcess.AsOtherUser(Data))
        {
            await Until.TrueAsync(() => program.Said("The database cannot be used yet."), "the reason in the log");
            Assert.True(program.Said(database) && program.Said("Give this user read and write access"));
            await Until.TrueAsync(() => Directory.GetFiles(Path.Combine(Data, "logs"), "*.00002.log").Length == 1, "a log file of its own");
            await program.KillAsync();
        }

        foreach (var command in new[] { "db dump -", "db migrate --status", "db recover", "doctor" })
        {
            var (code, output, error) = await OtherUser.RunAsync([.. command.Split(' '), "--data", Data]);
            Assert.Equal(1, code);
            Assert.True(
                (output + error).Contains(command == "db recover" ? "no sound backup" : database, StringComparison.Ordinal),
                $"{command}: {output}{error}"
            );
            Assert.DoesNotContain("   at ", error);
        }
    }

    [OtherUserFact]
    public async Task Library_GoesOnBesideWhatItMayNotRead_AndTakesNothingForGone()
    {
        var shut = Path.Combine(Models, "shut");
        Directory.CreateDirectory(Path.Combine(shut, "deep"));
        GgufSamples.Llama("ok").Save(Path.Combine(Models, "ok.gguf"));
        GgufSamples.Llama("later").Save(Path.Combine(Models, "later.gguf"));
        GgufSamples.Llama("inside").Save(Path.Combine(shut, "inside.gguf"));
        OtherUser.Give(_folder.Path);
        using var program = ProgramProcess.AsOtherUser(
            Data,
            "--models",
            Models,
            "--models",
            Path.Combine(shut, "deep"),
            "--LlamaBlazor:WatchFolders=false"
        );
        await program.WaitReadyAsync();
        await Until.TrueAsync(
            async () => (await program.GetAsync("/api/models")).GetProperty("items").GetArrayLength() == 3,
            "the first scan"
        );

        GgufSamples.Llama("locked").Save(Path.Combine(Models, "locked.gguf"));
        File.CreateSymbolicLink(Path.Combine(Models, "link.gguf"), Path.Combine(shut, "inside.gguf"));
        OtherUser.Give(Path.Combine(Models, "locked.gguf"));
        foreach (var path in new[] { Path.Combine(Models, "locked.gguf"), Path.Combine(Models, "later.gguf"), shut })
            Mode(path, Shut);
        var scan = await PostAsync(program, "/api/models/scan", null, HttpStatusCode.OK);
        var errors = scan.GetProperty("errors")
            .EnumerateArray()
            .ToDictionary(error => error.GetProperty("path").GetString()!, error => error.GetProperty("reason").GetString()!);
        Assert.Contains("may not read this. Give its user read access", errors[Path.Combine(Models, "locked.gguf")]);
        Assert.Contains("may not read this. Give its user read access", errors[shut]);
        Assert.Contains("may not enter a folder above", errors[Path.Combine(shut, "deep")]);
        Assert.Contains("may not enter a folder above", errors[Path.Combine(Models, "link.gguf")]);
        Assert.Equal(0, scan.GetProperty("missing").GetInt32());
        Assert.Equal(0, (await PostAsync(program, "/api/models/cleanup", null, HttpStatusCode.OK)).GetProperty("removed").GetInt32());
        Assert.Equal(3, (await program.GetAsync("/api/models")).GetProperty("items").GetArrayLength());

        foreach (var question in new[] { "gguf", "memory" })
        {
            var answer = await program.Http.GetAsync($"/api/models/later/{question}");
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Contains(
                "later.gguf: The dashboard may not read this. Give its user read access",
                Text(await answer.Content.ReadAsStringAsync())
            );
        }

        Assert.Contains(
            "Give its user read access",
            Text(
                (
                    await PostAsync(
                        program,
                        "/api/models",
                        new { path = Path.Combine(Models, "locked.gguf") },
                        HttpStatusCode.UnprocessableEntity
                    )
                ).ToString()
            )
        );
        Assert.Contains(
            "cannot be reached",
            Text(
                (
                    await PostAsync(
                        program,
                        "/api/models",
                        new { path = Path.Combine(shut, "inside.gguf"), name = "twice" },
                        HttpStatusCode.UnprocessableEntity
                    )
                ).ToString()
            )
        );
        Mode(shut, Open);
    }

    [OtherUserFact]
    public async Task BackupsAndFilesThatCannotBeUsed_AreNamed()
    {
        var backups = Path.Combine(Data, "backups");
        Directory.CreateDirectory(Data);
        var secret = _folder.File("secret.db");
        await File.WriteAllTextAsync(secret, "x");
        OtherUser.Give(_folder.Path);
        Mode(secret, Shut);
        using var program = ProgramProcess.AsOtherUser(Data);
        await program.WaitReadyAsync();
        var made = (await PostAsync(program, "/api/database/backup", null, HttpStatusCode.OK)).GetProperty("name").GetString()!;
        Mode(Path.Combine(backups, made), Shut);
        await RefusedAsync(program, "/api/database/restore", new { name = made }, made);
        await RefusedAsync(program, "/api/database/recover", null, $"{made} (Access to the path");
        Mode(backups, Unwritable);
        await RefusedAsync(program, "/api/database/backup", null, $"Give this user write access to {backups}");
        await RefusedAsync(program, "/api/database/vacuum", null, "Give this user write access");
        Mode(backups, Shut);
        await RefusedAsync(program, "/api/database/recover", null, $"Give this user write access to {backups}");
        Assert.Contains(backups, await (await program.Http.GetAsync("/api/database/backups")).Content.ReadAsStringAsync());
        Assert.True((await program.Http.GetAsync("/readyz")).IsSuccessStatusCode);
        Mode(backups, Open);

        foreach (var command in new[] { "db restore", "db import", "db import-legacy", "db load", "db import-settings", "presets import" })
        {
            var (code, output, error) = await OtherUser.RunAsync([.. command.Split(' '), secret, "--data", Data]);
            Assert.True(
                code == 1 && error.Contains($"Access to the path '{secret}' is denied. Give this user access", StringComparison.Ordinal),
                $"{command}: {code} {output}{error}"
            );
        }

        Mode(_folder.Path, Unwritable);
        foreach (var command in new[] { "db export", "db dump", "db export-settings" })
        {
            var (code, output, error) = await OtherUser.RunAsync([.. command.Split(' '), _folder.File("out"), "--data", Data]);
            Assert.True(
                code == 1
                    && error.Contains(_folder.File("out"), StringComparison.Ordinal)
                    && error.Contains("Give this user access", StringComparison.Ordinal),
                $"{command}: {code} {output}{error}"
            );
        }

        Mode(_folder.Path, Open);
    }

    private static void Mode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    private static string Text(string json) => json.Replace("\\u0027", "'", StringComparison.Ordinal);

    private static async Task<JsonElement> PostAsync(ProgramProcess program, string path, object? body, HttpStatusCode expected)
    {
        using var answer = await program.Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    private static async Task RefusedAsync(ProgramProcess program, string path, object? body, string words)
    {
        using var answer = await program.Http.PostAsJsonAsync(path, body);
        var text = Text(await answer.Content.ReadAsStringAsync());
        Assert.True(
            !answer.IsSuccessStatusCode
                && answer.StatusCode != HttpStatusCode.InternalServerError
                && text.Contains(words, StringComparison.Ordinal),
            $"{path}: {answer.StatusCode}: {text}"
        );
        Assert.DoesNotContain("   at ", text);
    }
}
