using MudBlazor;

namespace LlamaBlazor.Web.Shell;

/// <summary>Colours, type scale, spacing and radius of the dashboard: what the library's parts and the own style sheet are drawn with.
/// Contrasts of text are 4.5:1 or more on background, surface and soft tints, in both palettes.</summary>
internal static class Look
{
    /// <summary>The light palette, for everything.</summary>
    public static MudTheme Light { get; } = Make(":root");

    /// <summary>The dark palette, where the page is marked dark before its first paint.</summary>
    public static MudTheme Dark { get; } = Make(":root[data-theme=\"dark\"]");

    private static readonly string[] Fonts =
    [
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "Roboto",
        "Noto Sans",
        "Liberation Sans",
        "sans-serif",
    ];

    private static MudTheme Make(string scope) =>
        new()
        {
            PseudoCss = new PseudoCss { Scope = scope },
            PaletteLight = new PaletteLight
            {
                Primary = "#4f46c8",
                PrimaryContrastText = "#ffffff",
                Secondary = "#5a5d72",
                Background = "#f6f6fa",
                Surface = "#ffffff",
                DrawerBackground = "#f6f6fa",
                AppbarBackground = "#ffffff",
                AppbarText = "#1d1e2a",
                TextPrimary = "#1d1e2a",
                TextSecondary = "#5a5d72",
                TextDisabled = "#8b8ea0",
                ActionDefault = "#5a5d72",
                ActionDisabled = "#8b8ea0",
                Success = "#1a7f4b",
                Warning = "#8a5300",
                Error = "#b3261e",
                Info = "#2b5fab",
                LinesDefault = "#dfe0ea",
                LinesInputs = "#b9bbcb",
                TableLines = "#dfe0ea",
                Divider = "#dfe0ea",
            },
            PaletteDark = new PaletteDark
            {
                Primary = "#a8a2ff",
                PrimaryContrastText = "#17182a",
                Secondary = "#a7abc2",
                Background = "#14151d",
                Surface = "#1d1f2a",
                DrawerBackground = "#14151d",
                AppbarBackground = "#1d1f2a",
                AppbarText = "#e8e9f3",
                TextPrimary = "#e8e9f3",
                TextSecondary = "#a7abc2",
                TextDisabled = "#74788e",
                ActionDefault = "#a7abc2",
                ActionDisabled = "#74788e",
                Success = "#6fd39b",
                SuccessContrastText = "#14151d",
                Warning = "#f0bd6a",
                WarningContrastText = "#14151d",
                Error = "#ff9d95",
                ErrorContrastText = "#14151d",
                Info = "#9cc4ff",
                InfoContrastText = "#14151d",
                LinesDefault = "#343748",
                LinesInputs = "#50546a",
                TableLines = "#343748",
                Divider = "#343748",
            },
            Typography = new Typography
            {
                Default = new DefaultTypography
                {
                    FontFamily = Fonts,
                    FontSize = "1rem",
                    LineHeight = "1.5",
                    LetterSpacing = "normal",
                },
                Button = new ButtonTypography
                {
                    FontFamily = Fonts,
                    FontSize = "1rem",
                    FontWeight = "500",
                    LineHeight = "1.5",
                    LetterSpacing = "normal",
                    TextTransform = "none",
                },
                H6 = new H6Typography
                {
                    FontFamily = Fonts,
                    FontSize = "1.2rem",
                    FontWeight = "600",
                    LetterSpacing = "normal",
                },
            },
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
        };
}
