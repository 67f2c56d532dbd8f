namespace LlamaBlazor.Web.Cache;

/// <summary>The feature Cache: answers that were given before.</summary>
internal static class CacheFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddCache(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ModelIdentity>();
        services.AddSingleton<CacheStore>();
        services.AddHostedService<CacheMaintenance>();
        return builder;
    }

    /// <summary>Maps <c>/api/cache</c>.</summary>
    public static IEndpointRouteBuilder MapCache(this IEndpointRouteBuilder app)
    {
        CacheEndpoints.Map(app);
        return app;
    }
}
