using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Proxy.Ollama;

/// <summary>Ollama's API in front of the endpoint.</summary>
internal static class OllamaFeature
{
    /// <summary>Registers its services; nothing listens unless it is switched on.</summary>
    public static IServiceCollection AddOllama(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<OllamaOptions>(OllamaOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<OllamaOptions>>().Value); // its port is taken once
        services.AddSingleton<OllamaLists>();
        services.AddSingleton<OllamaKeepAlive>();
        services.AddSingleton<OllamaEndpoint>();
        services.AddSingleton<OllamaListener>();
        if (!DashboardHost.IsForOneCommand(configuration))
            services.AddHostedService(provider => provider.GetRequiredService<OllamaListener>());
        return services;
    }
}
