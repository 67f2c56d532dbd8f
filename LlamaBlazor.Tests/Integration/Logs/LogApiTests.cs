using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Logs;

public sealed class LogApiTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task LoggerLine_IsStored_WithItsException()
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("LlamaBlazor.Web.Models.Test");
        try
        {
            throw new InvalidOperationException("inner words");
        }
        catch (InvalidOperationException error)
        {
            logger.LogError(error, "The scan of {Folder} failed: unique-alpha", "/models");
        }

        var line = await WaitForAsync("unique-alpha");
        Assert.Equal("The scan of /models failed: unique-alpha", line.GetProperty("message").GetString());
        Assert.Equal(("error", "models"), (line.GetProperty("level").GetString(), line.GetProperty("source").GetString()));
        Assert.Equal("System.InvalidOperationException", line.GetProperty("error_type").GetString());
        Assert.Contains("LoggerLine_IsStored", line.GetProperty("stack_trace").GetString());
    }

    [Fact]
    public async Task EngineLine_IsStored_WithLevelAndModel()
    {
        var lines = app.Services.GetRequiredService<Broadcast<InstanceLogLine>>();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        lines.Publish(new InstanceLogLine(987654, "gone", now, "\u001b[35mW \u001b[0mslot launch: unique-beta\u001b[0m"));
        var line = await WaitForAsync("unique-beta");
        Assert.Equal("slot launch: unique-beta", line.GetProperty("message").GetString());
        Assert.Equal(("warn", "llama-server"), (line.GetProperty("level").GetString(), line.GetProperty("source").GetString()));
        Assert.Equal(("generation", "gone"), (line.GetProperty("category").GetString(), line.GetProperty("origin").GetString()));
        Assert.Equal(JsonValueKind.Null, line.GetProperty("model_id").ValueKind); // no such model: the line is kept all the same
    }

    [Fact]
    public async Task Pages_FollowEachOther_WithoutLossOrRepeat()
    {
        await AddAsync("unique-gamma", 25, sameTime: true);
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await app.GetAsync($"/api/logs?q=unique-gamma&limit=10{(after is null ? "" : "&after=" + after)}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("message").GetString()!));
            after = page.GetProperty("next").GetString();
        } while (after is not null);
        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"unique-gamma {i}"), seen);
    }

    [Theory]
    [InlineData("level=loud", "level")]
    [InlineData("limit=0", "limit")]
    [InlineData("after=x", "after")]
    [InlineData("since=yesterday", "since")]
    [InlineData("q=/(/", "q")]
    [InlineData("model=nobody", "model")]
    public async Task BadQuery_IsRefused_WithTheFieldNamed(string query, string field)
    {
        var answer = await app.Http.GetAsync("/api/logs?" + query);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Export_WritesEachFormat_AndNoFormulas()
    {
        await AddAsync("=unique-delta, \"quoted\"", 2, sameTime: false);
        var csv = await app.Http.GetStringAsync("/api/logs/export?format=csv&q=unique-delta");
        Assert.Equal(3, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\"'=unique-delta, \"\"quoted\"\" 1\"", csv);
        using var json = JsonDocument.Parse(await app.Http.GetStringAsync("/api/logs/export?format=json&q=unique-delta"));
        Assert.Equal(2, json.RootElement.GetArrayLength());
        Assert.Contains("unique-delta, \"quoted\" 0\n", await app.Http.GetStringAsync("/api/logs/export?q=unique-delta"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Http.GetAsync("/api/logs/export?format=pdf")).StatusCode);
    }

    [Theory]
    [InlineData("\t=1+1")]
    [InlineData("\r=1+1")]
    [InlineData("\n=1+1")]
    [InlineData("@x")]
    public async Task Export_DefusesFormulas(string text)
    {
        var word = "unique-" + Guid.NewGuid().ToString("N");
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Add(Row(text + word, 1_700_000_000_123));
                    return Task.CompletedTask;
                }
            );
        Assert.Contains($"'{text}{word}", await app.Http.GetStringAsync($"/api/logs/export?format=csv&q={word}"));
    }

    [Fact]
    public async Task Export_HasEveryColumn_AsTextAndAsCsv()
    {
        var row = Row("unique-zeta\nsecond line", 1_700_000_000_123);
        (row.Category, row.ErrorType, row.ErrorMessage, row.StackTrace) = (
            "Some.Category",
            "System.Exception",
            "inner, words",
            "  at One\n  at Two"
        );
        (row.ContextJson, row.ModelPath, row.PromptPreview) = ("{\"a\":1}", "/m/a.gguf", "@hello");
        await app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync((context, _) => Task.FromResult(context.Set<LogRow>().Add(row)));
        Assert.Equal(
            "time,level,source,category,model_id,message,error_type,error_message,stack_trace,context_json,model_path,prompt_preview\r\n"
                + "2023-11-14T22:13:20.123Z,info,server,Some.Category,,\"unique-zeta\nsecond line\",System.Exception,\"inner, "
                + "words\",\"  at One\n  at Two\",\"{\"\"a\"\":1}\",/m/a.gguf,'@hello\r\n",
            await app.Http.GetStringAsync("/api/logs/export?format=csv&q=unique-zeta")
        );
        Assert.Equal(
            "2023-11-14T22:13:20.123Z info     server Some.Category: unique-zeta\n  second line\n  System.Exception: inner, words\n   "
                + " at One\n    at Two\n  {\"a\":1}\n  /m/a.gguf\n  @hello\n",
            await app.Http.GetStringAsync("/api/logs/export?format=txt&q=unique-zeta")
        );
        using var json = JsonDocument.Parse(await app.Http.GetStringAsync("/api/logs/export?format=json&q=unique-zeta"));
        var line = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            ("Some.Category", "@hello", 1_700_000_000_123),
            (
                line.GetProperty("category").GetString(),
                line.GetProperty("prompt_preview").GetString(),
                line.GetProperty("timestamp").GetInt64()
            )
        );
    }

    [Fact]
    public async Task Row_ThatBreaksARule_DoesNotTakeItsNeighboursAlong()
    {
        var writer = app.Services.GetRequiredService<DatabaseWriter>();
        writer.TryAdd(Row("unique-epsilon good", 1));
        writer.TryAdd(
            new LogRow
            {
                Level = "loud",
                Message = "unique-epsilon bad",
                Timestamp = 2,
                CreatedAt = 2,
            }
        );
        writer.TryAdd(Row("unique-epsilon good too", 3));
        await WaitForAsync("unique-epsilon good too");
        Assert.Equal(2, (await app.GetAsync("/api/logs?q=unique-epsilon")).GetProperty("items").GetArrayLength());
        Assert.True(writer.Dropped >= 1);
    }

    [Fact]
    public async Task Flood_IsCutOff_AndCounted()
    {
        await using var own = new AppFixture();
        await own.InitializeAsync();
        var lines = own.Services.GetRequiredService<Broadcast<InstanceLogLine>>();
        for (var i = 0; i < 5000; i++)
            lines.Publish(new InstanceLogLine(1, "flooding", i, $"line {i} {(i == 4999 ? new string('x', 20_000) : "")}"));
        var intake = own.Services.GetRequiredService<LogIntake>();
        var ring = own.Services.GetRequiredService<LogRing>();
        await WaitAsync(() => Task.FromResult(intake.Dropped > 0 && ring.Newest(1, new LogFilter { Text = "line 4999" }).Count == 1));
        Assert.InRange(ring.Newest(1, new LogFilter { Text = "line 4999" })[0].Message.Length, 1, LogIntake.MessageLimit + 1);
    }

    [Fact]
    public async Task Clear_DeletesAll_AndSaysHowMany()
    {
        await using var own = new AppFixture();
        await own.InitializeAsync();
        await own
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Set<LogRow>().AddRange(Row("a", 1), Row("b", 2));
                    return Task.CompletedTask;
                }
            );
        var answer = await own.Http.DeleteAsync("/api/logs");
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("deleted").GetInt32() >= 2);
        Assert.DoesNotContain(
            (await own.GetAsync("/api/logs")).GetProperty("items").EnumerateArray(),
            item => item.GetProperty("message").GetString() is "a" or "b"
        );
    }

    private static LogRow Row(string message, long timestamp) =>
        new()
        {
            Level = "info",
            Source = "server",
            Message = message,
            Timestamp = timestamp,
            CreatedAt = timestamp,
        };

    private Task AddAsync(string text, int count, bool sameTime) =>
        app
            .Services.GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Set<LogRow>().AddRange(Enumerable.Range(0, count).Select(i => Row($"{text} {i}", sameTime ? 1000 : 1000 + i)));
                    return Task.CompletedTask;
                }
            );

    private async Task<JsonElement> WaitForAsync(string text)
    {
        JsonElement line = default;
        await WaitAsync(async () =>
        {
            var items = (await app.GetAsync($"/api/logs?q={text}")).GetProperty("items");
            line = items.GetArrayLength() > 0 ? items[0] : default;
            return line.ValueKind == JsonValueKind.Object;
        });
        return line;
    }

    private static Task WaitAsync(Func<Task<bool>> condition) => Until.TrueAsync(condition, "the log to say it");
}
