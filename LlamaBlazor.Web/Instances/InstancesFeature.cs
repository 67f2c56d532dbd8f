using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Instances.Pages;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.ModelTabs;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlamaBlazor.Web.Instances;

/// <summary>The feature Instances: the llama-server processes.</summary>
internal static class InstancesFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddInstances(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<InstanceOptions>(
            InstanceOptions.Section,
            (options, all) => options.MinimumWarm = TimeSpan.FromSeconds(all.GetValue<int>(InstanceOptions.WarmKey))
        );
        if (DashboardHost.IsForOneCommand(builder.Configuration))
            services.PostConfigure<InstanceOptions>(options => options.Preload = false);
        services.AddSingleton<InstanceRegistry>();
        services.AddSingleton<PortPool>();
        services.TryAddSingleton<ReadLoad>(_ => static _ => default);
        services.AddSingleton<LoadSignal>();
        AddAdmission(services);
        services.AddSingleton<LaunchPreparer>();
        services.AddSingleton<EngineRunner>();
        services.AddSingleton<InstancePublisher>();
        services.AddSingleton<InstanceDefinitions>();
        services.AddSingleton<InstanceActors>();
        services.AddSingleton<OrphanReaper>();
        services.AddSingleton<InstanceStore>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceStore>());
        services.AddSingleton<InstanceSupervisor>();
        services.AddSingleton<InstanceHost>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceHost>());
        services.AddSingleton<ReadLines>(provider => provider.GetRequiredService<InstanceSupervisor>().Lines);
        services.AddSingleton<PreloadedModels>();
        services.AddSingleton<Preloader>();
        services.AddHostedService<InstanceUpkeep>();
        services.AddHostedService<HealthMonitor>();
        services.AddSingleton<InstancePause>();
        services.AddSingleton<PendingChanges>();
        services.AddSingleton(new ModelAction(10, typeof(InstanceButtons)));
        services.AddSingleton(new ModelTab("logs", "Logs", 300, typeof(InstanceTab)));
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapInstances(this IEndpointRouteBuilder app) => app.MapInstanceEndpoints();

    // Who may start, and who gives way.
    private static void AddAdmission(IServiceCollection services)
    {
        services.AddSettings<AdmissionOptions>(AdmissionOptions.Section);
        services.AddSingleton<AdmissionService>();
        services.AddSingleton<AllocationStore>();
        services.AddSingleton<StartDemands>();
        services.AddSingleton<Reservations>();
        services.AddSingleton<Evictions>();
        services.AddSingleton<AdmissionQueue>();
        services.AddSingleton<EvictModel>(provider => // asked for when it is called: the supervisor is made after the queue
            (model, cancellation) => provider.GetRequiredService<InstanceSupervisor>().EvictAsync(model, cancellation)
        );
    }
}
