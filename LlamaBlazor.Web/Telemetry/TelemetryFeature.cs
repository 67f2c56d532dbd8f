using LlamaBlazor.Domain.Telemetry;
using LlamaBlazor.Web.Shell;
using LlamaBlazor.Web.Telemetry.Gpu;
using LlamaBlazor.Web.Telemetry.Live;
using LlamaBlazor.Web.Telemetry.Machine;
using LlamaBlazor.Web.Telemetry.Storage;

namespace LlamaBlazor.Web.Telemetry;

/// <summary>The feature Telemetry: live readings of the machine, their history, the hub and the endpoints.</summary>
internal static class TelemetryFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(TelemetryOptions.Read(builder.Configuration));
        services.AddSingleton<MetricWindow>();
        services.AddSingleton<RequestMeter>();
        services.AddSingleton(_ => MachineReaders.Create());
        services.AddSingleton(provider => GpuDrivers.Create(provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GpuDrivers>>()));
        services.AddSingleton<DiskReader>();
        services.AddSingleton<ProcessReader>();
        services.AddSingleton<SampleSource>();
        services.AddSingleton<MetricsRecorder>();
        services.AddSingleton<MetricsReader>();
        services.AddSingleton<EngineScraper>();
        services.AddHostedService(provider => provider.GetRequiredService<EngineScraper>());
        services.AddHostedService<TelemetrySampler>();
        services.AddHostedService<InstanceRelay>();
        services.AddSignalR().AddJsonProtocol(options => ApiJson.Configure(options.PayloadSerializerOptions));
        return builder;
    }

    /// <summary>Maps the hub and the endpoints.</summary>
    public static WebApplication MapTelemetry(this WebApplication app)
    {
        app.MapHub<TelemetryHub>("/hubs/telemetry");
        MetricsEndpoints.Map(app);
        PrometheusEndpoint.Map(app);
        return app;
    }
}
