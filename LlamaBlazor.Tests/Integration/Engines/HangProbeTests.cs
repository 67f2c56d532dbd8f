using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlamaBlazor.Tests.Integration.Engines;

public sealed class HangProbeTests
{
    [Theory]
    [InlineData("<html>")]
    [InlineData("[1, null]")]
    public async Task AnswersThatMakeNoSense_HideNoTrouble(string words)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var engine = builder.Build();
        engine.Run(async context =>
        {
            context.Response.StatusCode = context.Request.Path == "/completion" ? 500 : 200;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(words);
        });
        await engine.StartAsync();
        using var client = new EngineClient(TimeProvider.System);
        var probe = new HangProbe(client, TimeSpan.FromSeconds(30));
        var answer = await probe.AskAsync(
            new InstanceSnapshot
            {
                Id = 1,
                ModelId = 1,
                Model = "m",
                Phase = InstancePhase.Running,
                BaseUrl = engine.Urls.First(),
            },
            mayBeAtWork: true,
            CancellationToken.None
        );
        Assert.Equal("it answered 500", answer.Trouble);
    }
}
