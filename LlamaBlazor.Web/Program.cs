using LlamaBlazor.Web.Cache;
using LlamaBlazor.Web.Cli;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Downloads;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Instances;
using LlamaBlazor.Web.Logs;
using LlamaBlazor.Web.Maintenance;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Playground;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Resources;
using LlamaBlazor.Web.Security;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shell;
using LlamaBlazor.Web.Simulator;
using LlamaBlazor.Web.Statistics;
using LlamaBlazor.Web.Telemetry;

if (args is [OwnProgram.SimulatorWord, ..])
    return await SimulatorProgram.RunAsync(args[1..]).ConfigureAwait(false);
if (CliProgram.Wants(args))
    return await CliProgram.RunAsync(args, Build).ConfigureAwait(false);

try
{
    FileHandleLimit.Require(FileHandleLimit.Current());
    await DashboardHost.RunAsync(Build(CliProgram.ServerArguments(args)), args, ListenRules.Require).ConfigureAwait(false);
    return 0;
}
catch (StartupException error)
{
    await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
    return 1;
}

static WebApplication Build(string[] args)
{
    var builder = DashboardHost.CreateBuilder(args).CheckSettings();
    builder
        .AddDemo()
        .AddSecurity()
        .AddData()
        .AddShell()
        .AddSettings()
        .AddModels()
        .AddDownloads()
        .AddMemory()
        .AddParameters()
        .AddEngines()
        .AddInstances()
        .AddResources()
        .AddTelemetry()
        .AddLogs()
        .AddMaintenance()
        .AddStatistics()
        .AddCache()
        .AddProxy()
        .AddPlayground()
        .AddCli();
    var app = builder.Build();
    app.UseProgramPaths().UseSecurity().UseShell().UseEngineMetrics();
    app.MapWithAccess()
        .MapShell()
        .MapSettings()
        .MapModels()
        .MapDownloads()
        .MapMemory()
        .MapParameters()
        .MapEngines()
        .MapInstances()
        .MapResources()
        .MapTelemetry()
        .MapLogs()
        .MapMaintenance()
        .MapStatistics()
        .MapCache()
        .MapProxy()
        .MapSecurity();
    return app;
}

namespace LlamaBlazor.Web
{
    /// <summary>The entry point, public so that tests can start the real program.</summary>
    public partial class Program;
}
