using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Tests.Support;

/// <summary>What the layout brings to a page, for pages that are rendered alone: the places where dialogs and notices appear.</summary>
internal static class PageParts
{
    /// <summary>The place of the dialogs. To be rendered before the first is opened.</summary>
    public static IRenderedComponent<MudDialogProvider> ShowDialogs(this BunitContext context) => context.Render<MudDialogProvider>();

    /// <summary>The place of the notices. To be rendered before the first is said.</summary>
    public static IRenderedComponent<MudSnackbarProvider> ShowNotices(this BunitContext context) => context.Render<MudSnackbarProvider>();

    /// <summary>Presses a button by its text.</summary>
    public static Task PressAsync<TComponent>(this IRenderedComponent<TComponent> place, string text)
        where TComponent : IComponent => place.InvokeAsync(() => Buttons(place, text).Single().ClickAsync());

    /// <summary>Waits for a button and presses it.</summary>
    public static async Task WaitAndPressAsync<TComponent>(this IRenderedComponent<TComponent> place, string text)
        where TComponent : IComponent
    {
        place.WaitForAssertion(() => Assert.Single(Buttons(place, text)));
        await place.PressAsync(text);
    }

    private static IEnumerable<IElement> Buttons<TComponent>(IRenderedComponent<TComponent> place, string text)
        where TComponent : IComponent => place.FindAll("button").Where(button => button.TextContent.Trim() == text);
}
