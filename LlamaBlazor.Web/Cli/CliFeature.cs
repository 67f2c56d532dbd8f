namespace LlamaBlazor.Web.Cli;

/// <summary>The command line: what a running dashboard offers to it.</summary>
internal static class CliFeature
{
    /// <summary>Lets commands find this dashboard.</summary>
    public static WebApplicationBuilder AddCli(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<ServerBeacon>();
        return builder;
    }
}
