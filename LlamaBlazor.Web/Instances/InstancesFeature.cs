using LlamaBlazor.Web.Instances.Containers;
using LlamaBlazor.Web.Instances.Pages;
using LlamaBlazor.Web.Instances.Processes;
using LlamaBlazor.Web.Shared.ModelTabs;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlamaBlazor.Web.Instances;

/// <summary>The feature Instances: the llama-server processes.</summary>
internal static class InstancesFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddInstances(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(InstanceOptions.Read(builder.Configuration));
        services.AddSingleton<InstanceBoard>();
        services.AddSingleton<EngineLocator>();
        AddContainers(services, builder.Configuration);
        services.AddSingleton<ProcessGuard>();
        services.AddSingleton<ProbeStarter>();
        services.AddSingleton<Launcher>();
        services.AddSingleton<PortPool>();
        services.AddSingleton<ReadinessProbe>();
        services.TryAddSingleton<ReadLoad>(_ => static _ => default);
        services.AddSingleton<LoadSignal>();
        services.AddSingleton<StartGate>();
        // the gate stops others through it
        services.AddSingleton(provider => new Lazy<InstanceSupervisor>(provider.GetRequiredService<InstanceSupervisor>));
        services.AddSingleton(new HangProbe(TimeSpan.FromSeconds(10)));
        services.AddSingleton<EngineRunner>();
        services.AddSingleton<LeftoverSweep>();
        services.AddSingleton<InstanceLedger>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceLedger>());
        services.AddSingleton<InstanceSupervisor>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceSupervisor>());
        services.AddSingleton<ReadLines>(provider => provider.GetRequiredService<InstanceSupervisor>().Lines);
        services.AddSingleton<Preloader>();
        services.AddHostedService<InstanceCare>();
        services.AddSingleton<InstancePause>();
        services.AddSingleton<PendingChanges>();
        services.AddSingleton(new ModelAction(10, typeof(InstanceButtons)));
        services.AddSingleton(new ModelTab("logs", "Logs", 300, typeof(InstanceTab)));
        return builder;
    }

    private static void AddContainers(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(ContainerOptions.Read(configuration));
        services.AddSingleton<ContainerRuntime>();
        services.AddSingleton<ContainerCommands>();
        services.AddSingleton<ContainerLauncher>();
        services.AddSingleton<ContainerKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<ContainerKeeper>());
    }

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapInstances(this WebApplication app) => app.MapInstanceEndpoints().MapContainers();
}
