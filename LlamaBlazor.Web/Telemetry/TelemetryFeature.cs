using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Telemetry.Gpu;
using LlamaBlazor.Web.Telemetry.Live;
using LlamaBlazor.Web.Telemetry.Machine;
using LlamaBlazor.Web.Telemetry.Storage;
using Microsoft.AspNetCore.SignalR;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>The feature Telemetry: live readings of the machine, their history, the hub and the endpoints.</summary>
internal static class TelemetryFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<TelemetryOptions>(TelemetryOptions.Section);
        services.AddSingleton<MetricWindow>();
        services.AddSingleton<RequestMeter>();
        services.AddSingleton(_ => MachineReaders.Create());
        services.AddSingleton(provider =>
            GpuDrivers.Create(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<GpuDrivers>>())
        );
        services.AddSingleton<GpuMeter>();
        services.AddSingleton<MachineMeter>();
        services.AddSingleton<DiskReader>();
        services.AddSingleton<ProcessReader>();
        services.AddSingleton<InstanceSamples>();
        services.AddSingleton<SampleSource>();
        services.AddSingleton<MetricsRecorder>();
        services.AddSingleton<MetricsReader>();
        services.AddSingleton<EngineScraper>();
        services.AddHostedService(provider => provider.GetRequiredService<EngineScraper>());
        services.AddSingleton<SampleRestore>();
        services.AddHostedService<TelemetrySampler>();
        // Whoever calls a hub wrongly gets its error, and writes no line for each call: HubFaults tells of mistakes of ours.
        builder.Logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None);
        services
            .AddSignalR(options => options.AddFilter<HubFaults>())
            .AddJsonProtocol(options => ApiJson.Configure(options.PayloadSerializerOptions));
        return builder;
    }

    /// <summary>Maps the hub and the endpoints.</summary>
    public static IEndpointRouteBuilder MapTelemetry(this IEndpointRouteBuilder app)
    {
        app.MapHub<TelemetryHub>("/hubs/telemetry");
        MetricsEndpoints.Map(app);
        PrometheusEndpoint.Map(app);
        return app;
    }
}
