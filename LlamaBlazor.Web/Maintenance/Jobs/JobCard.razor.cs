using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Maintenance.Jobs;

/// <summary>Shows the job that runs, live, with its end; and how it ended.</summary>
public sealed partial class JobCard
{
    private DatabaseJob? _job;
    private bool _cancelling;

    /// <summary>Told when a job has begun or ended.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Inject]
    internal DatabaseJobs Jobs { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _job = Jobs.Current;
        Watch(
            Jobs.Changes,
            job =>
            {
                var told = _job?.Id == job.Id && _job.IsRunning == job.IsRunning;
                _job = job;
                if (!told)
                    _ = InvokeAsync(TellAsync);
            }
        );
    }

    private Task TellAsync()
    {
        _cancelling = false;
        return Changed.InvokeAsync();
    }

    private void Cancel()
    {
        _cancelling = true;
        Jobs.Cancel(_job!.Id); // ended meanwhile: the card shows that
    }
}
