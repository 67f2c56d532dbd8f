using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Domain.Instances.Containers;

namespace LlamaBlazor.Web.Instances;

/// <summary>What an actor tells of itself.</summary>
internal sealed partial class InstanceActor
{
    private StartStage? Stage => _state.Phase is InstancePhase.Loading ? _run?.Stage : null;

    private InstanceSnapshot Snapshot() =>
        new()
        {
            Id = _rowId,
            ModelId = _facts.ModelId,
            Model = _facts.Name,
            Kind = _isContainer ? ContainerKind.Row : ContainerKind.Process,
            ContainerId = _run?.Process?.ContainerId,
            Phase = _state.Phase,
            Wait = Stage?.Wait,
            Pid = _run?.Process?.Pid,
            Port = _run?.Process is null ? null : _run.Port,
            BaseUrl = _run?.Process is null ? null : _run.BaseUrl,
            UpstreamKey = _run?.Command?.ApiKey,
            Command = _run?.Process is null ? null : _run.Command,
            StartedAt = _run?.StartedAt,
            ReadyAt = _readyAt,
            ReadySince = _state.ReadyAt,
            ExitCode = _lastEnd?.ExitCode,
            Signal = _lastEnd?.Signal,
            Reason = Stage is { } stage ? stage.Reason : _state.Reason,
            Place = Stage?.Place,
            Busy = _publisher.BusyOf(_facts.ModelId),
            LastLines = _state.Phase is InstancePhase.Failed or InstancePhase.Backoff ? Log.LastOfLaunch() : [],
        };

    private void Publish(InstanceState before, InstanceEvent happened)
    {
        if (before.Phase == _state.Phase && happened is not (InstanceEvent.Launched or InstanceEvent.StageChanged))
            return;
        _publisher.Record(Snapshot(), _facts, _uid, _run, isNewPhase: before.Phase != _state.Phase);
    }
}
