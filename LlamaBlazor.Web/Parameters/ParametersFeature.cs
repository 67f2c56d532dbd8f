using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters;

/// <summary>The feature Parameters: every llama-server option as a typed form.</summary>
internal static class ParametersFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddParameters(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(_ => ParameterCatalogue.Current);
        services.AddSingleton<CommandLineBuilder>();
        services.AddSingleton<SecretProtector>();
        services.AddSingleton<ConfigReader>();
        services.AddSingleton<LaunchCommandFactory>();
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapParameters(this WebApplication app) => app;
}
