namespace LlamaBlazor.Web.Parameters;

/// <summary>The feature Parameters: every llama-server option as a typed form.</summary>
internal static class ParametersFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddParameters(this WebApplicationBuilder builder) => builder;

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapParameters(this WebApplication app) => app;
}
