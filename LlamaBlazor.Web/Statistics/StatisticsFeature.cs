using LlamaBlazor.Web.Shared.ModelTabs;

namespace LlamaBlazor.Web.Statistics;

/// <summary>The feature Statistics: what became of every request.</summary>
internal static class StatisticsFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddStatistics(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<StatsBuffer>();
        services.AddHostedService(provider => provider.GetRequiredService<StatsBuffer>());
        services.AddSingleton<StatsReader>();
        services.AddSingleton<StatsMaintenance>();
        services.AddHostedService(provider => provider.GetRequiredService<StatsMaintenance>());
        services.AddSingleton(new ModelTab("statistics", "Statistics", 310, typeof(StatisticsTab)));
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapStatistics(this IEndpointRouteBuilder app)
    {
        StatsEndpoints.Map(app);
        return app;
    }
}
