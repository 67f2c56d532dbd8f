using LlamaBlazor.Web.Engines.Connections;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Engines;

/// <summary>The room Engines: finding, asking, launching and watching llama-server, as a process or in a container.</summary>
internal static class EnginesFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddEngines(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<EngineTool>();
        services.AddSingleton<EngineProbe>();
        services.AddSingleton<CommandCheck>();
        services.AddSingleton<EngineLocator>();
        AddContainers(services);
        services.AddSingleton<ProcessGuard>();
        services.AddSingleton<ProbeStarter>();
        services.AddSingleton<Launcher>();
        services.AddSingleton<EngineStarter>();
        services.AddSingleton<ReadinessProbe>();
        services.AddSingleton<EngineClient>();
        services.AddSingleton(provider => new HangProbe(provider.GetRequiredService<EngineClient>(), TimeSpan.FromSeconds(10)));
        return builder;
    }

    /// <summary>Maps <c>/api/containers</c>.</summary>
    public static IEndpointRouteBuilder MapEngines(this IEndpointRouteBuilder app) => app.MapContainers();

    private static void AddContainers(IServiceCollection services)
    {
        services.AddSettings<ContainerOptions>(ContainerOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ContainerOptions>>().Value); // which change with a restart
        services.AddSingleton<ContainerProgram>();
        services.AddSingleton<ContainerRuntime>();
        services.AddSingleton<ContainerCommands>();
        services.AddSingleton<ContainerLauncher>();
        services.AddSingleton<OwnContainers>();
        services.AddSingleton<ContainerReconciler>();
        services.AddHostedService(provider => provider.GetRequiredService<ContainerReconciler>());
    }
}
