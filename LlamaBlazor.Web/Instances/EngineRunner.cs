using LlamaBlazor.Web.Engines;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Instances;

/// <summary>Begins launches: gives each what it needs and all share.</summary>
internal sealed class EngineRunner(
    AdmissionQueue queue,
    Reservations places,
    LaunchPreparer preparer,
    EngineStarter starter,
    ReadinessProbe probe,
    IOptionsMonitor<InstanceOptions> options,
    TimeProvider clock
)
{
    /// <summary>Begins a launch; what happens is told through the plan's report, an end last.</summary>
    public EngineRun Begin(EngineRunPlan plan)
    {
        var run = new EngineRun(plan with { Limits = LimitsOf(plan.Facts) }, queue, places, preparer, starter, probe, clock);
        run.Begin();
        return run;
    }

    private EngineRunLimits LimitsOf(InstanceDefinition facts) =>
        new(
            TimeSpan.FromSeconds(facts.StartLimitSeconds ?? options.CurrentValue.StartLimitSeconds),
            TimeSpan.FromSeconds(facts.StopGraceSeconds ?? options.CurrentValue.StopGraceSeconds)
        );
}
