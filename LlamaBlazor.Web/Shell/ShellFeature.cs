using System.Reflection;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Diagnostics;
using MudBlazor;
using MudBlazor.Services;

namespace LlamaBlazor.Web.Shell;

/// <summary>The frame around every page: layout, theme, health endpoints, OpenAPI, problem details.</summary>
internal static class ShellFeature
{
    /// <summary>Version of the program, such as <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(ShellFeature).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0";

    /// <summary>Registers what the parts of pages need: dialogs, notices and the library's own services.</summary>
    public static IServiceCollection AddParts(this IServiceCollection services)
    {
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            options.SnackbarConfiguration.MaximumOpacity = 100;
            options.SnackbarConfiguration.PreventDuplicates = true;
            options.SnackbarConfiguration.MaxDisplayedSnackbars = 5;
            options.SnackbarConfiguration.VisibleStateDuration = 6000;
            options.SnackbarConfiguration.ShowTransitionDuration = 150;
            options.SnackbarConfiguration.HideTransitionDuration = 150;
        });
        return services.AddScoped<Dialogs>().AddScoped<Notices>();
    }

    /// <summary>Registers Blazor and what every API endpoint shares.</summary>
    public static WebApplicationBuilder AddShell(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(ProgramClock.Instance);
        services.AddSingleton(typeof(Broadcast<>));
        // logged; one loop must not end them all
        services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        services.AddParts();
        services
            .AddRazorComponents()
            .AddInteractiveServerComponents(options =>
            {
                // A closed tab keeps its circuit this long, so that a sleeping laptop comes back to its page.
                options.DisconnectedCircuitMaxRetained = 10;
                options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
            });
        services.AddOpenApi();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = ExplainQuery);
        services.AddExceptionHandler<DatabaseFaultHandler>();
        services.AddExceptionHandler<PageFaultHandler>();
        services.AddExceptionHandler<BadRequestHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true); // answered in words by BadRequestHandler
        services.ConfigureHttpJsonOptions(options => ApiJson.ConfigureRoutes(options.SerializerOptions));
        return builder;
    }

    /// <summary>Answers what fails and what was not found, and guards forms.</summary>
    public static WebApplication UseShell(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(KeepProblemDetails);
        app.UseAntiforgery();
        return app;
    }

    /// <summary>Maps pages, static files and health.</summary>
    public static IEndpointRouteBuilder MapShell(this IEndpointRouteBuilder app)
    {
        app.MapStaticAssets();
        app.MapOpenApi();
        app.MapGet("/healthz", (DataFolder folder) => new Health("ok", Version, folder.Session)).WithTags("Health");
        app.MapGet("/readyz", Ready).WithTags("Health");
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }

    // Two handlers of empty error answers stand above: the inner one shows a page, the outer one writes problem details. Programs skip the
    // inner one.
    private static Task KeepProblemDetails(HttpContext context, RequestDelegate next)
    {
        if (!WantsPage(context) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
        return next(context);
    }

    // A person in a browser gets a page, a program gets problem details.
    private static bool WantsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments("/api")
        && !context.Request.Path.StartsWithSegments("/v1");

    // Values of a query that is bound to a record, and bodies of another type, are refused without an exception that would tell which.
    private static void ExplainQuery(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is { Status: StatusCodes.Status415UnsupportedMediaType, Detail: null } media)
            media.Detail = "The body must be JSON: send it with Content-Type: application/json.";
        if (context.ProblemDetails is { Status: StatusCodes.Status400BadRequest, Detail: null } problem)
        {
            var query = context.HttpContext.Request.QueryString.ToUriComponent();
            problem.Detail =
                query.Length > 1
                    ? $"A parameter of the query has a value of the wrong kind: {(query.Length > 300 ? query[..300] : query)}"
                    : "The request could not be read: its body or a parameter is missing, or of the wrong kind.";
        }
    }

    private static IResult Ready(DatabaseState database) =>
        database.IsReady
            ? Results.Ok(new { status = "ok" })
            : Results.Json(
                new { status = "unavailable", reasons = new[] { database.Failure ?? database.Progress } },
                statusCode: StatusCodes.Status503ServiceUnavailable
            );
}

/// <summary>The answer of <c>GET /healthz</c>.</summary>
/// <param name="Status">Always ok: whether the program serves is <c>/readyz</c>.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Session">A word of chance of this run.</param>
internal sealed record Health(string Status, string Version, string Session);
