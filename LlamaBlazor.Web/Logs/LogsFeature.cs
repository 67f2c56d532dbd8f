using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlamaBlazor.Web.Logs;

/// <summary>The feature Logs: what the program and its engines say, live and stored.</summary>
internal static class LogsFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddLogs(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<LogOptions>(LogOptions.Section);
        services.AddSingleton<LogIntake>();
        services.AddSingleton<LogRing>();
        services.AddSingleton<LogFile>();
        services.AddSingleton<LogQueries>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, DatabaseLoggerProvider>());
        services.AddSingleton<EngineLines>();
        services.AddHostedService<LogPump>();
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapLogs(this IEndpointRouteBuilder app)
    {
        LogEndpoints.Map(app);
        return app;
    }
}
