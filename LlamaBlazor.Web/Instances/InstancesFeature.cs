using LlamaBlazor.Web.Instances.Admission;
using LlamaBlazor.Web.Instances.Pages;
using LlamaBlazor.Web.Settings;
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
        services.AddSingleton<InstanceRegistry>();
        services.AddSingleton<PortPool>();
        services.TryAddSingleton<ReadLoad>(_ => static _ => default);
        services.AddSingleton<LoadSignal>();
        services.AddSettings<AdmissionOptions>(AdmissionOptions.Section);
        services.AddSingleton<AdmissionService>();
        services.AddSingleton<AllocationStore>();
        services.AddSingleton<AdmissionQueue>();
        services.AddSingleton<EvictModel>(provider => // asked for when it is called: the supervisor is made after the gate
            (model, cancellation) => provider.GetRequiredService<InstanceSupervisor>().EvictAsync(model, cancellation)
        );
        services.AddSingleton<EngineRunner>();
        services.AddSingleton<OrphanReaper>();
        services.AddSingleton<InstanceStore>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceStore>());
        services.AddSingleton<InstanceSupervisor>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceSupervisor>());
        services.AddSingleton<ReadLines>(provider => provider.GetRequiredService<InstanceSupervisor>().Lines);
        services.AddSingleton<Preloader>();
        services.AddHostedService<HealthMonitor>();
        services.AddSingleton<InstancePause>();
        services.AddSingleton<PendingChanges>();
        services.AddSingleton(new ModelAction(10, typeof(InstanceButtons)));
        services.AddSingleton(new ModelTab("logs", "Logs", 300, typeof(InstanceTab)));
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapInstances(this WebApplication app) => app.MapInstanceEndpoints();
}
