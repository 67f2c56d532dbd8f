using Bunit;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Maintenance;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace LlamaBlazor.Tests.Components.Maintenance;

/// <summary>Retention edited on the Database page, over the real store.</summary>
public sealed class RetentionRowTests : BunitContext, IClassFixture<AppFixture>
{
    private readonly AppFixture _app;
    private int _told;

    public RetentionRowTests(AppFixture app)
    {
        _app = app;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
        Services.AddSingleton(app.Services.GetRequiredService<RetentionStore>());
    }

    [Fact]
    public async Task DaysAndRows_AreSaved_EachWithTheOther_AndEmptyMeansNoLimit()
    {
        var row = Show(Facts(days: 30, rows: 100_000));
        await row.InvokeAsync(() => row.Find("input[aria-label='Days kept in logs']").ChangeAsync("12"));
        Assert.Equal((12, 100_000), await LimitsAsync());
        Assert.Equal(1, _told);
        row = Show(Facts(days: 12, rows: 100_000));
        await row.InvokeAsync(() => row.Find("input[aria-label='Rows kept in logs']").ChangeAsync("500"));
        Assert.Equal((12, 500), await LimitsAsync());
        row = Show(Facts(days: 12, rows: 500));
        await row.InvokeAsync(() => row.Find("input[aria-label='Days kept in logs']").ChangeAsync(""));
        Assert.Equal((null, 500), await LimitsAsync());
        Assert.Equal(NotificationSeverity.Success, Services.GetRequiredService<NotificationService>().Messages[^1].Severity);
    }

    [Fact]
    public async Task OutOfRange_IsBroughtIntoIt_BeforeItIsSaved()
    {
        var row = Show(Facts(days: 30, rows: 10));
        await row.InvokeAsync(() => row.Find("input[aria-label='Days kept in logs']").ChangeAsync("99999999"));
        Assert.Equal((RetentionRule.MaxDays, 10), await LimitsAsync());
    }

    [Fact]
    public void LockedOrWithoutARule_CannotBeEdited()
    {
        Assert.All(Show(Facts(days: 7, rows: null) with { IsLocked = true }).FindAll("input"), input => Assert.True(input.HasAttribute("disabled")));
        Assert.Empty(Show(new TableFacts("models", 3, 4096, null, false, null, null, false)).FindAll("input"));
    }

    private static TableFacts Facts(int? days, int? rows) => new("logs", 5, 8192, "Lines of the log", true, days, rows, false);

    private IRenderedComponent<RetentionRow> Show(TableFacts facts) =>
        Render<RetentionRow>(parameters => parameters.Add(row => row.Table, facts).Add(row => row.Changed, EventCallback.Factory.Create(this, () => _told++)));

    private async Task<(int? Days, int? Rows)> LimitsAsync()
    {
        var rule = (await _app.Services.GetRequiredService<RetentionStore>().ListAsync()).Single(rule => rule.Table == "logs");
        return (rule.Days, rule.Rows);
    }
}
