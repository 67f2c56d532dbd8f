using Bunit;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace LlamaBlazor.Tests.Components.Maintenance;

/// <summary>Retention edited on the Database page, over the real store.</summary>
public sealed class RetentionRowTests : BunitContext, IClassFixture<AppFixture>
{
    private readonly AppFixture _app;
    private int _told;
    private readonly IRenderedComponent<MudSnackbarProvider> _notices;

    public RetentionRowTests(AppFixture app)
    {
        _app = app;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddParts();
        Services.AddSingleton(app.Services.GetRequiredService<RetentionAccess>());
        _notices = this.ShowNotices();
    }

    [Fact]
    public async Task DaysAndRows_AreSaved_EachWithTheOther_AndEmptyMeansNoLimit()
    {
        var row = Show(Facts(days: 30, rows: 100_000));
        await row.InvokeAsync(() => Field(row, "Days kept in logs").ChangeAsync("12"));
        Assert.Equal((12, 100_000), Limits());
        Assert.Equal(1, _told);
        row = Show(Facts(days: 12, rows: 100_000));
        await row.InvokeAsync(() => Field(row, "Rows kept in logs").ChangeAsync("500"));
        Assert.Equal((12, 500), Limits());
        row = Show(Facts(days: 12, rows: 500));
        await row.InvokeAsync(() => Field(row, "Days kept in logs").ChangeAsync(""));
        Assert.Equal((null, 500), Limits());
        Assert.Equal(3, _notices.FindAll(".mud-alert-filled-success").Count);
    }

    [Fact]
    public async Task OutOfRange_IsSaid_AndNotSaved()
    {
        var row = Show(Facts(days: 30, rows: 10));
        var before = Limits();
        await row.InvokeAsync(() => Field(row, "Days kept in logs").ChangeAsync("99999999"));
        Assert.Contains($"from 0 to {RetentionRule.MaxDays}", row.Find("[role=alert]").TextContent);
        Assert.Equal(before, Limits());
        Assert.Equal(0, _told);
    }

    [Fact]
    public async Task Negative_IsRefused_InsteadOfRemovingEverything()
    {
        await _app.Services.GetRequiredService<RetentionAccess>().SaveAsync("logs", new RetentionLimits(30, 10));
        var row = Show(Facts(days: 30, rows: 10));
        await row.InvokeAsync(() => Field(row, "Days kept in logs").ChangeAsync("-3"));
        Assert.Equal((30, 10), Limits());
        Assert.Contains("from 0", row.Find("[role=alert]").TextContent);
        await row.InvokeAsync(() => Field(row, "Days kept in logs").ChangeAsync("1"));
        Assert.Contains("Rows leave after 1 day, and where there are more than 10.", _notices.Markup);
    }

    [Fact]
    public void Locked_CannotBeEdited()
    {
        var locked = Show(Facts(days: 7, rows: null) with { IsLocked = true }).FindAll("input");
        Assert.Equal(2, locked.Count);
        Assert.All(locked, input => Assert.True(input.HasAttribute("disabled")));
    }

    private static AngleSharp.Dom.IElement Field(IRenderedComponent<IComponent> row, string label) =>
        row.FindAll("label").Single(element => element.TextContent.StartsWith(label, StringComparison.Ordinal)).QuerySelector("input")!;

    private static TableFacts Facts(int? days, int? rows) => new("logs", 5, 8192, "Lines of the log", true, days, rows, false);

    // In its table: a row alone is no HTML.
    private IRenderedComponent<IComponent> Show(TableFacts facts) =>
        Render(builder =>
        {
            builder.OpenElement(0, "table");
            builder.OpenElement(1, "tbody");
            builder.OpenComponent<RetentionRow>(2);
            builder.AddComponentParameter(3, nameof(RetentionRow.Table), facts);
            builder.AddComponentParameter(4, nameof(RetentionRow.Changed), EventCallback.Factory.Create(this, () => _told++));
            builder.CloseComponent();
            builder.CloseElement();
            builder.CloseElement();
        });

    private (int? Days, int? Rows) Limits()
    {
        var rule = _app.Services.GetRequiredService<RetentionAccess>().List().Single(rule => rule.Table == "logs");
        return (rule.Days, rule.Rows);
    }
}
