using System.Security.Cryptography;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Domain.Settings;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>A launch that only has to be begun.</summary>
/// <param name="Port">Promised to it.</param>
/// <param name="Command">The command.</param>
/// <param name="Gpus">The GPUs it was made for; null where its setting decides.</param>
internal sealed record PreparedLaunch(int Port, LaunchCommand Command, IReadOnlyList<string>? Gpus);

/// <summary>What one launch needs and every instance shares.</summary>
internal sealed class EngineRunner(
    Launcher launcher,
    ContainerLauncher containers,
    LaunchCommandFactory commands,
    LaunchSettingsAccess settings,
    PortPool ports,
    ReadinessProbe probe,
    AdmissionQueue gate,
    IOptionsMonitor<InstanceOptions> options,
    TimeProvider clock
)
{
    private const int KeyLength = 48; // hexadecimal digits: 192 bits

    /// <summary>Begins a launch; what happens is told through the plan's report, an end last.</summary>
    public EngineRun Begin(EngineRunPlan plan)
    {
        var run = new EngineRun(plan);
        run.Begin(this);
        return run;
    }

    /// <summary>Gives places.</summary>
    public AdmissionQueue Gate => gate;

    /// <summary>Time between asking a model's engine to end and forcing it.</summary>
    public TimeSpan Grace(InstanceDefinition facts) =>
        TimeSpan.FromSeconds(facts.StopGraceSeconds ?? options.CurrentValue.StopGraceSeconds);

    /// <summary>Time within which a model's engine must be ready.</summary>
    public TimeSpan StartLimit(InstanceDefinition facts) =>
        TimeSpan.FromSeconds(facts.StartLimitSeconds ?? options.CurrentValue.StartLimitSeconds);

    /// <summary>The time.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Tells when an engine is ready.</summary>
    public ReadinessProbe Probe => probe;

    /// <summary>Takes a port and makes the command for it.</summary>
    public async Task<Result<PreparedLaunch>> PrepareAsync(long modelId, CancellationToken cancellation)
    {
        var range = (await settings.GetAsync(cancellation).ConfigureAwait(false)).PortRange;
        if (SettingRules.ParsePorts(range) is not var (first, last))
            return Failure.Unavailable(
                $"The port range '{range}' is not valid. Set two ports from 1024 to 65535 on the Settings page, such as 40000-40999."
            );
        if (ports.Take(first, last) is not { } port)
            return NoPort(
                $"No port of {range} is free: all are in use by other programs or instances. Stop one, or set a wider range on the "
                    + "Settings page."
            );
        var isUsed = false;
        try
        {
            var gpus = gate.GpusOf(modelId);
            var command = await commands.CreateAsync(modelId, port, cancellation, gpus).ConfigureAwait(false);
            if (command.Failure is { } failure)
                return failure;
            isUsed = true;
            var key = command.Value.TakesStartKey ? RandomNumberGenerator.GetHexString(KeyLength, lowercase: true) : null;
            return new PreparedLaunch(port, command.Value with { StartKey = key }, gpus);
        }
        finally
        {
            if (!isUsed)
                ports.Release(port); // also when a stop gives the launch up just here
        }
    }

    // As every other reason against a start it stands under its code.
    private static Failure NoPort(string words) =>
        new(FailureKind.Conflict, words, new Dictionary<string, string[]> { ["port"] = [words] });

    /// <summary>Starts the process or the container.</summary>
    public async Task<Result<RunningEngine>> StartAsync(LaunchCommand command, EngineRunPlan plan) =>
        command.Container is null
            ? await launcher.StartAsync(command, plan.Instance, plan.Log.Add).ConfigureAwait(false)
            : await containers
                .StartAsync(command, $"llamablazor-{plan.Instance[..12]}-{plan.RowId}", plan.Facts.Name, plan.Log.Add)
                .ConfigureAwait(false);

    /// <summary>Gives the port back.</summary>
    public void Release(int port) => ports.Release(port);
}
