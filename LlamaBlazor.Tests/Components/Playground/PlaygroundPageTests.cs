using Bunit;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Playground;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace LlamaBlazor.Tests.Components.Playground;

/// <summary>The playground over a real library.</summary>
public sealed class PlaygroundPageTests(AppFixture app) : BunitContext, IClassFixture<AppFixture>
{
    [Fact]
    public async Task Page_OpenedBeforeTheFirstModel_ShowsItWhenItComes_AndSaysWhyItDoesNotAnswer()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var (services, changes) = (app.Services, app.Services.GetRequiredService<Broadcast<ModelChanged>>());
        Services
            .AddSingleton(services.GetRequiredService<ChatClient>())
            .AddSingleton(services.GetRequiredService<ModelDirectory>())
            .AddSingleton(services.GetRequiredService<InstanceRegistry>())
            .AddSingleton(changes)
            .AddSingleton(TimeProvider.System)
            .AddParts();
        var page = Render<PlaygroundPage>();
        page.WaitForAssertion(() => Assert.Contains("There is no model yet", page.Markup));
        await services
            .GetRequiredService<DatabaseWriter>()
            .ExecuteAsync(
                (context, _) =>
                {
                    context.Add(
                        new Model
                        {
                            Uid = "model_1_late",
                            Name = "late",
                            Type = "llama",
                            Role = ModelRole.Model,
                            ModelPath = "/nowhere/late.gguf",
                        }
                    );
                    return Task.CompletedTask;
                }
            );
        changes.Publish(new ModelChanged(0, ModelChanged.Library));
        page.WaitForAssertion(() => Assert.Equal("late", page.Find("select[aria-label=Model] option[value='0']").TextContent));

        await page.Find("textarea.question").InputAsync("Hello");
        await page.Find("form.ask").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("late", page.Find(".turn-assistant [role=alert]").TextContent));
        Assert.Equal("late", page.Find(".turn-assistant h2").TextContent);
    }
}
