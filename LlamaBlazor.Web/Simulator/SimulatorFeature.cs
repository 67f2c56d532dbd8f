using LlamaBlazor.Web.Shared.Configuration;

namespace LlamaBlazor.Web.Simulator;

/// <summary>Demo mode: sample models and a simulated engine, in a data folder of their own so that nothing mixes with real data.</summary>
internal static class SimulatorFeature
{
    private const string DataKey = "LlamaBlazor:DataDirectory";

    /// <summary>With <c>--demo</c>: the folder <c>demo</c> inside the data folder, and in it the sample models as the only models folder.
    /// Before the database.</summary>
    /// <exception cref="StartupException">The samples cannot be written.</exception>
    public static WebApplicationBuilder AddDemo(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (!DashboardHost.IsDemo(configuration))
            return builder;
        var data = Path.Combine(
            DashboardHost.SourceFolder ?? builder.Environment.ContentRootPath,
            configuration[DataKey] ?? "data",
            "demo"
        );
        var models = Path.Combine(data, "models");
        foreach (var folder in configuration.GetSection("LlamaBlazor:ModelDirectories").GetChildren().ToList())
            configuration[folder.Path] = null;
        configuration.AddCommandLine([$"--{DataKey}={data}", $"--LlamaBlazor:ModelDirectories:0={models}"]); // what --demo stands for
        try
        {
            CreatePrivate(models);
            foreach (
                var sample in SampleModel
                    .All.Select(sample => (Model: sample, Path: Path.Combine(models, sample.File + ".gguf")))
                    .Where(sample => !File.Exists(sample.Path))
            )
                sample.Model.Save(sample.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The sample models cannot be written to {models}: {error.Message} Choose another data folder with --data DIR."
            );
        }

        return builder;
    }

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
