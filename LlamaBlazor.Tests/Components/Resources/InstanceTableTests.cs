using Bunit;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Resources.Pages;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.ModelTabs;
using LlamaBlazor.Web.Shared.Published;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlamaBlazor.Tests.Components.Resources;

/// <summary>The rows of the instances: their figures, their actions, and the end of their logs.</summary>
public sealed class InstanceTableTests : BunitContext
{
    private readonly InstanceRegistry _board = new(new Broadcast<InstanceSnapshot>(NullLogger<Broadcast<InstanceSnapshot>>.Instance));
    private readonly MetricWindow _window = new();

    public InstanceTableTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddParts();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(_board);
        Services.AddSingleton(_window);
        Services.AddSingleton(new Broadcast<Sample>(NullLogger<Broadcast<Sample>>.Instance));
        Services.AddSingleton(new ModelAction(1, typeof(NamedAction)));
        Services.AddSingleton<ReadLines>(model =>
            [new InstanceLogLine(model, "m", 1, "first"), new InstanceLogLine(model, "m", 2, "\u001b[31mlast\u001b[0m <b>")]
        );
    }

    [Fact]
    public void WithoutInstances_SaysWhatToDo() => Assert.Contains("Start one", Render<InstanceTable>().Markup);

    [Fact]
    public void Rows_ShowFiguresReasonAndActions_ThoseAtWorkFirst()
    {
        _board.Publish(
            new InstanceSnapshot
            {
                Id = 1,
                ModelId = 1,
                Model = "a-failed",
                Phase = InstancePhase.Failed,
                Reason = "It broke.",
            }
        );
        _board.Publish(
            new InstanceSnapshot
            {
                Id = 2,
                ModelId = 2,
                Model = "z-running",
                Phase = InstancePhase.Running,
                Pid = 77,
                Port = 40001,
            }
        );
        _board.Publish(
            new InstanceSnapshot
            {
                Id = 3,
                ModelId = 3,
                Model = "waiting",
                Phase = InstancePhase.Loading,
                Wait = StartWait.Pending,
                Reason = "Full.",
                Place = 2,
            }
        );
        _window.Add(
            new Sample
            {
                Timestamp = 1,
                Instances = [new InstanceSample(2, "z-running", InstancePhase.Running, 50, 1024, 12.5, 1, 4, null, null) { Vram = 2048 }],
            }
        );
        var table = Render<InstanceTable>();
        var rows = table.FindAll("tbody tr");
        Assert.Equal(["waiting", "z-running", "a-failed"], rows.Select(row => row.QuerySelector("a")!.TextContent));
        Assert.Contains("Place 2", rows[0].TextContent);
        Assert.Equal(
            ["50 %", "1.00 GiB", "2.00 GiB", "12.5", "1 / 4", "40001", "77"],
            rows[1].QuerySelectorAll("td.number").Select(cell => cell.TextContent)
        );
        Assert.Contains("It broke.", rows[2].TextContent);
        Assert.Equal(["act on waiting", "act on z-running", "act on a-failed"], table.FindAll(".act").Select(action => action.TextContent));
    }

    [Fact]
    public async Task Tail_OpensAndCloses_WithPlainLines()
    {
        _board.Publish(
            new InstanceSnapshot
            {
                Id = 2,
                ModelId = 2,
                Model = "m",
                Phase = InstancePhase.Running,
            }
        );
        var table = Render<InstanceTable>();
        Assert.Empty(table.FindAll("pre"));
        await table.InvokeAsync(() => table.Find("button[aria-expanded=false]").ClickAsync());
        table.WaitForAssertion(() => Assert.Equal("first\nlast <b>", table.Find("pre").TextContent));
        await table.InvokeAsync(() => table.Find("button[aria-expanded=true]").ClickAsync());
        table.WaitForAssertion(() => Assert.Empty(table.FindAll("pre")));
    }

    private sealed class NamedAction : ComponentBase
    {
        [Parameter]
        public long ModelId { get; set; }

        [Parameter]
        public string Name { get; set; } = "";

        [Parameter]
        public bool Compact { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenElement(0, "span");
            builder.AddAttribute(1, "class", "act");
            builder.AddContent(2, $"act on {Name}");
            builder.CloseElement();
        }
    }
}
