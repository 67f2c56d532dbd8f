using LlamaBlazor.Web.Resources.Images;

namespace LlamaBlazor.Web.Resources;

/// <summary>The feature Resources: who may start, projects with their quotas, GPUs.</summary>
internal static class ResourcesFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddResources(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ProjectStore>();
        services.AddSingleton<MachineHistory>();
        services.AddSingleton<GpuCatalogue>();
        services.AddSingleton<ImageStore>();
        services.AddSingleton<RegistryClient>();
        services.AddSingleton<ImageCache>();
        services.AddHostedService(provider => provider.GetRequiredService<ImageCache>());
        services.AddSingleton<ImageSync>();
        services.AddSingleton<ImagePuller>();
        services.AddSingleton<InstanceReadings>();
        services.AddSingleton<InstanceHealth>();
        services.AddHostedService<AllocationFollower>();
        services.AddSingleton<InstanceRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceRecorder>());
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapResources(this IEndpointRouteBuilder app)
    {
        ResourceEndpoints.Map(app);
        MachineHistoryEndpoints.Map(app);
        ImageEndpoints.Map(app);
        return app;
    }
}
