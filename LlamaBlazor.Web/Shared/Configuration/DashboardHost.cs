namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>Makes the host with our own command line words turned into configuration keys.</summary>
internal static class DashboardHost
{
    /// <summary>Folder of the solution when the program runs from its build output, else null.</summary>
    public static string? SourceFolder { get; } = FindSource();

#if DEBUG
    private const bool IsDebugBuild = true;
#else
    private const bool IsDebugBuild = false;
#endif

    /// <summary>Configuration key of demo mode.</summary>
    public const string DemoKey = "LlamaBlazor:Demo";

    /// <summary>Whether this run shows simulated models.</summary>
    /// <param name="configuration">The configuration.</param>
    public static bool IsDemo(IConfiguration configuration) => bool.TryParse(configuration[DemoKey], out var demo) && demo;

    /// <summary>Argument of a dashboard that lives for one command. It starts nothing by itself: no engine, no second port, no watch over
    /// folders. No setting says so, for those are shown and changed by commands.</summary>
    public const string OnceArgument = "--Command:Once=true";

    /// <summary>Whether this run lives for one command.</summary>
    /// <param name="configuration">The configuration.</param>
    public static bool IsForOneCommand(IConfiguration configuration) => configuration["Command:Once"] == "true";

    /// <summary>The words that take a value, and the configuration key each one sets. <c>--models</c> may be repeated.</summary>
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["--data"] = "LlamaBlazor:DataDirectory",
        ["--engine"] = "LlamaBlazor:EnginePath",
        ["--urls"] = "Urls",
        ["--models"] = "LlamaBlazor:ModelDirectories",
    };

    /// <summary>
    /// Makes the builder. The content root is the program's own folder, so that it runs from anywhere; run from source it is the project's,
    /// and inside a test host it is whatever that says.
    /// </summary>
    /// <exception cref="StartupException">An argument is not understood.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var project = SourceFolder is null ? null : Path.Combine(SourceFolder, "LlamaBlazor.Web");
        var root = IsTestHost(args) ? null : project ?? AppContext.BaseDirectory;
        var builder = CreateBuilder([.. Translate(args)], root);
        InsertSaved(builder.Configuration.Sources); // first: it makes all providers anew, without what was set by hand
        if (Environment.GetEnvironmentVariable("LLAMABLAZOR_DATA") is { Length: > 0 } data && !args.Contains("--data"))
            builder.Configuration["LlamaBlazor:DataDirectory"] = Path.GetFullPath(data);
        builder.WebHost.UseStaticWebAssets();
        // A debug build reads its static files anew at each request, so that an edit shows at once. Any other sends what was compressed
        // when it was built, and browsers keep it; the framework's own choice is to read anew for every build that is not published.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = IsDebugBuild ? "true" : "false";
        return builder;
    }

    // The files are watched for changes. Where the system has no watch left (inotify instances are counted by user, over all programs),
    // they are read once.
    private static WebApplicationBuilder CreateBuilder(string[] args, string? root)
    {
        try
        {
            return WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = root });
        }
        catch (IOException)
        {
            string[] unwatched = [.. args, "--hostBuilder:reloadConfigOnChange=false"];
            return WebApplication.CreateBuilder(new WebApplicationOptions { Args = unwatched, ContentRootPath = root });
        }
    }

    /// <summary>Runs the dashboard to its end.</summary>
    /// <param name="app">The dashboard.</param>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="requireAddress">Throws where the dashboard may not listen at an address.</param>
    /// <exception cref="StartupException">Its address is not free, or not allowed.</exception>
    public static async Task RunAsync(WebApplication app, string[] args, Action<string?> requireAddress)
    {
        if (!IsTestHost(args)) // which listens elsewhere
            ListenAddress.RequireFree(app.Configuration["Urls"]);
        if (FileHandleLimit.Warning(FileHandleLimit.Current()) is { } low)
            app.Logger.Log(LogLevel.Warning, "{Words}", low);
        var stopping = app.Lifetime.ApplicationStopping;
        await using (app.ConfigureAwait(false))
        {
            try
            {
                await app.StartAsync().ConfigureAwait(false);
                await RequireAddressesAsync(app, requireAddress).ConfigureAwait(false);
                await app.WaitForShutdownAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Told to end (SIGTERM, Ctrl+C) while it was starting: what had begun has been stopped and disposed of.
            }
        }
    }

    // What it listens on in the end, whatever named it.
    private static async Task RequireAddressesAsync(WebApplication app, Action<string?> requireAddress)
    {
        try
        {
            foreach (var address in app.Urls)
                requireAddress(address);
        }
        catch (StartupException)
        {
            await app.StopAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Above the files, below the environment and the command line.
    private static void InsertSaved(IList<IConfigurationSource> sources)
    {
        var files = sources.Select((source, index) => source is FileConfigurationSource ? index : -1);
        sources.Insert(files.Append(-1).Max() + 1, new SavedConfiguration());
    }

    /// <summary>Our words as <c>--Key=value</c>, which ASP.NET Core understands; such arguments pass through.</summary>
    internal static IEnumerable<string> Translate(string[] args)
    {
        var models = 0;
        for (var i = 0; i < args.Length; i++)
        {
            var word = args[i];
            if (word == "--demo")
            {
                yield return $"--{DemoKey}=true";
            }
            else if (Words.TryGetValue(word, out var key))
            {
                if (++i == args.Length)
                    throw new StartupException($"{word} needs a value.");
                var value = word is "--data" or "--models" ? Path.GetFullPath(args[i]) : args[i];
                yield return word == "--models" ? $"--{key}:{models++}={value}" : $"--{key}={value}";
            }
            else if (word.StartsWith("--", StringComparison.Ordinal) && word.Contains('='))
            {
                yield return word;
            }
            else
            {
                throw new StartupException(
                    $"The argument '{word}' is not known. Arguments: --data DIR, --models DIR (repeatable), --engine PATH, --urls "
                        + "URL, --demo."
                );
            }
        }
    }

    private static bool IsTestHost(string[] args) =>
        !File.Exists(Path.Combine(AppContext.BaseDirectory, "llamablazor.runtimeconfig.json"))
        || args.Any(arg => arg.StartsWith("--contentRoot=", StringComparison.Ordinal));

    // …/LlamaBlazor.Web/bin/Release/net10.0/ is a build; a published folder has its web root beside it.
    private static string? FindSource()
    {
        if (Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot", "_framework")))
            return null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (
                folder.Name == "LlamaBlazor.Web"
                && folder.Parent is { } root
                && File.Exists(Path.Combine(root.FullName, "LlamaBlazor.sln"))
            )
                return root.FullName;
        }

        return null;
    }
}
