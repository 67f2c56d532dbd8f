using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace LlamaBlazor.Tests.Support;

/// <summary>One Chromium for all browser tests; null where the machine has none, which skips them with that reason.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Places =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];

    private IPlaywright? _playwright;

    /// <summary>The browser's path, or null.</summary>
    public static string? Executable { get; } = Environment.GetEnvironmentVariable("CHROMIUM") ?? Places.FirstOrDefault(File.Exists);

    /// <summary>The running browser.</summary>
    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Executable is null)
            return;
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000); // as long as its other waits: five seconds are short on a busy machine
        Browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>Browser tests share one Chromium and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>
{
    public const string Name = "Browser";
}

/// <summary>A test that needs Chromium.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (BrowserFixture.Executable is null)
            Skip = "No Chromium on this machine (apt-get install chromium, or set CHROMIUM to its path)";
    }
}

/// <summary>A test that needs a real llama-server, named by the environment variable LLAMA_SERVER.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealEngineFactAttribute : FactAttribute
{
    public RealEngineFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Engine is null)
            Skip = "LLAMA_SERVER does not name a llama-server";
    }

    /// <summary>Path of the engine, or null.</summary>
    public static string? Engine { get; } =
        Environment.GetEnvironmentVariable("LLAMA_SERVER") is { Length: > 0 } path && File.Exists(path) ? path : null;
}
