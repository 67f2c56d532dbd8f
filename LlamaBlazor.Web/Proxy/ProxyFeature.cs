using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Proxy.Aliases;
using LlamaBlazor.Web.Proxy.Bodies;
using LlamaBlazor.Web.Proxy.Caching;
using LlamaBlazor.Web.Proxy.Ollama;
using LlamaBlazor.Web.Proxy.Recording;
using LlamaBlazor.Web.Security.Access;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.ModelTabs;

namespace LlamaBlazor.Web.Proxy;

/// <summary>The feature Proxy: one OpenAI-compatible endpoint in front of all models.</summary>
internal static class ProxyFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddProxy(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddHttpForwarder();
        services.AddSettings<ProxyOptions>(ProxyOptions.Section);
        services.AddSingleton<ModelDirectory>();
        services.AddSingleton<InFlightRegistry>();
        services.AddSingleton<ReadLoad>(provider => // the supervisor stops no model that has a request
        {
            var registry = provider.GetRequiredService<InFlightRegistry>();
            return model => new InstanceLoad(registry.Busy(model), registry.CompletedAgo(model), registry.SucceededAgo(model));
        });
        AddRequests(services);
        services.AddSingleton<RequestRecorder>();
        services.AddSingleton<PendingAnswers>();
        services.AddSingleton<ResponseCache>();
        services.AddSingleton<AliasStore>();
        services.AddSingleton<ModelCatalogue>();
        services.AddOllama(builder.Configuration);
        AddCleaner(services, builder.Configuration);
        services.AddSingleton(new ModelTab("aliases", "Aliases", 290, typeof(AliasTab)));
        services.AddSingleton(new KeysPageCard(typeof(EndpointCard)));
        return builder;
    }

    /// <summary>Serves an engine's own figures: without a model the path is the dashboard's own, so that routing cannot tell the two
    /// apart.</summary>
    public static WebApplication UseEngineMetrics(this WebApplication app)
    {
        var endpoint = app.Services.GetRequiredService<ProxyEndpoint>();
        app.MapWhen(
            context => HttpMethods.IsGet(context.Request.Method) && AccessTable.IsOfAnEngine(context.Request),
            branch => branch.Run(context => endpoint.HandleAsync(context, RouteTable.Metrics))
        );
        return app;
    }

    /// <summary>Maps all routes. Pages win where both would match: the routes here are none of theirs.</summary>
    public static IEndpointRouteBuilder MapProxy(this IEndpointRouteBuilder app)
    {
        MapEngines(app.MapGroup("").WithMetadata(ChecksKeysItself.Mark));
        MapOpen(app.MapGroup("").AllowAnonymous());
        ModelCatalogue.Map(app);
        InFlightEndpoints.Map(app);
        AliasEndpoints.Map(app);
        return app;
    }

    // What leads to an engine.
    private static void MapEngines(RouteGroupBuilder app)
    {
        var services = ((IEndpointRouteBuilder)app).ServiceProvider;
        var endpoint = services.GetRequiredService<ProxyEndpoint>();
        var streams = services.GetRequiredService<StreamEndpoint>();
        var upstream = services.GetRequiredService<UpstreamEndpoint>();
        foreach (var route in RouteTable.All)
            app.MapMethods(route.Path, [route.Method], context => endpoint.HandleAsync(context, route))
                .ExcludeFromDescription()
                .ShortCircuit();
        app.MapMethods(RouteTable.StreamPrefix + "{**conversation}", ["GET", "DELETE"], streams.HandleStreamAsync).ExcludeFromDescription();
        app.MapPost(RouteTable.StreamLookupPath, streams.HandleLookupAsync).ExcludeFromDescription();
        app.Map(RouteTable.UpstreamPrefix + "{**path}", upstream.HandleUpstreamAsync).ExcludeFromDescription();
    }

    // What tells no more than that somebody is there, or that a route is not.
    private static void MapOpen(RouteGroupBuilder app)
    {
        foreach (var path in RouteTable.HealthPaths)
            app.MapGet(path, () => Results.Json(new { status = "ok" })).ExcludeFromDescription();
        foreach (
            var path in RouteTable
                .All.Select(route => route.Path)
                .Distinct()
                .Where(path => !path.StartsWith("/v1/", StringComparison.Ordinal))
        )
            app.Map(path, RefuseUnknownAsync).ExcludeFromDescription(); // with another method
        app.Map("/v1/{**path}", RefuseUnknownAsync).ExcludeFromDescription();
    }

    // From the arrival of a request to its engine.
    private static void AddRequests(IServiceCollection services)
    {
        services.AddSingleton<EnsureReady>(provider => provider.GetRequiredService<InstanceSupervisor>().EnsureReadyAsync);
        services.AddSingleton<RequestQueues>();
        services.AddSingleton<RequestMover>();
        services.AddSingleton<RequestScheduler>();
        services.AddSingleton<BodyStore>();
        services.AddSingleton<EngineForwarder>();
        services.AddSingleton<EngineSlots>();
        services.AddSingleton<StreamOwners>();
        services.AddSingleton<AbandonedStreams>();
        services.AddSingleton<RequestDescriber>();
        services.AddSingleton<RequestPassage>();
        services.AddSingleton<RequestRun>();
        services.AddSingleton<ProxyEndpoint>();
        services.AddSingleton<StreamEndpoint>();
        services.AddSingleton<UpstreamEndpoint>();
    }

    // What is kept for each model goes with it.
    private static void AddCleaner(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IPerModelState>(provider => provider.GetRequiredService<RequestQueues>());
        services.AddSingleton<IPerModelState>(provider => provider.GetRequiredService<InFlightRegistry>());
        services.AddSingleton<IPerModelState>(provider => provider.GetRequiredService<EngineSlots>());
        services.AddSingleton<IPerModelState>(provider => provider.GetRequiredService<RequestRecorder>());
        services.AddSingleton<IPerModelState>(provider => provider.GetRequiredService<OllamaKeepAlive>());
        services.AddSingleton<PerModelStateCleaner>();
        if (!DashboardHost.IsForOneCommand(configuration))
            services.AddHostedService(provider => provider.GetRequiredService<PerModelStateCleaner>());
    }

    private static Task RefuseUnknownAsync(HttpContext context) =>
        Refusals.SendAsync(
            context,
            ProxyError.UnknownRoute,
            $"{context.Request.Method} {context.Request.Path} is not a route of this endpoint."
        );
}
