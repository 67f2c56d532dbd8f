using LlamaBlazor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlamaBlazor.Tests.Integration.Logs;

/// <summary>One who wants to see all there is: every category from trace on.</summary>
public sealed class TalkativeApp : AppFixture
{
    public TalkativeApp() =>
        With("Logging:LogLevel:Default", "Trace")
            .With("Logging:LogLevel:Microsoft.EntityFrameworkCore", "Trace")
            .With("Logging:LogLevel:Microsoft.AspNetCore", "Trace")
            .With("LlamaBlazor:Logs:Level", "debug")
            .With("LlamaBlazor:Telemetry:IntervalMs", "60000");
}

/// <summary>Storing a line is itself something that is logged: it must not bring the next one.</summary>
public sealed class LogEchoTests(TalkativeApp app) : IClassFixture<TalkativeApp>
{
    [Fact]
    public async Task StoredLine_LeavesNoLineAboutItself()
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("LlamaBlazor.Web.Models.Test");
        for (var round = 0; round < 5; round++)
        {
            logger.LogDebug("unique-echo {Round}", round);
            await Until.TrueAsync(
                async () => (await app.GetAsync($"/api/logs?q=unique-echo%20{round}")).GetProperty("items").GetArrayLength() == 1,
                "the line"
            );
        }

        Assert.Equal(0, (await app.GetAsync("/api/logs?q=INSERT%20INTO")).GetProperty("items").GetArrayLength());
        Assert.True(
            app.Services.GetRequiredService<ILoggerFactory>()
                .CreateLogger("Microsoft.EntityFrameworkCore.Database.Command")
                .IsEnabled(LogLevel.Information)
        ); // others still get it
    }
}
