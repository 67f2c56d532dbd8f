namespace LlamaBlazor.Web.Playground;

/// <summary>The feature Playground: a chat to try models with.</summary>
internal static class PlaygroundFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddPlayground(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ChatClient>();
        return builder;
    }
}
