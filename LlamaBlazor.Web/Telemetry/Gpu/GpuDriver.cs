using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>
/// One maker's driver behind a thread of its own, because a call into it can hang in the kernel and cannot be cancelled. It is opened
/// with the first
/// question; one that is away or has failed is opened anew after a pause, so that it comes back by itself.
/// </summary>
/// <param name="name">The maker, for people.</param>
/// <param name="open">Opens it: not found where there is none.</param>
/// <param name="clock">For the pause.</param>
internal sealed class GpuDriver(string name, Func<Result<IGpuReader>> open, TimeProvider clock) : IDisposable
{
    /// <summary>Time between two tries to open it.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Age of a question from which on the driver counts as hanging.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _asked = new(0);
    private IGpuReader? _reader; // of the thread
    private TaskCompletionSource<GpuLook>? _question; // at most one
    private Thread? _thread;
    private GpuLook _latest = GpuLook.Nothing;
    private long _askedAt;
    private long? _openedAt;
    private volatile bool _isOpen;
    private volatile bool _wantsProcesses;
    private volatile bool _ended;

    /// <summary>The maker.</summary>
    public string Name => name;

    /// <summary>Measures how long it takes.</summary>
    public TimeProvider Clock => clock;

    /// <summary>The last look; its cards without values when the driver hangs.</summary>
    public GpuLook Latest
    {
        get
        {
            lock (_gate)
            {
                return _question is { Task.IsCompleted: false } && clock.GetElapsedTime(_askedAt) is var age && age > Patience
                    ? _latest.Unknown(
                        GpuDriverState.Hanging,
                        $"The driver has not answered for {age.TotalSeconds:0} s. Its values come back when it does; if it does not, "
                            + "restart the machine."
                    )
                    : _latest;
            }
        }
    }

    /// <summary>Age of the question that is open; zero when none is.</summary>
    public TimeSpan Waiting
    {
        get
        {
            lock (_gate)
                return _question is { Task.IsCompleted: false } ? clock.GetElapsedTime(_askedAt) : TimeSpan.Zero;
        }
    }

    /// <summary>Looks at the cards, or joins the look that is under way.</summary>
    /// <param name="withProcesses">Whether the memory of processes is wanted too.</param>
    public Task<GpuLook> AskAsync(bool withProcesses)
    {
        lock (_gate)
        {
            if (_question is { Task.IsCompleted: false } running)
                return running.Task;
            if (_ended || (!_isOpen && _openedAt is { } at && clock.GetElapsedTime(at) < Pause))
                return Task.FromResult(_latest);
            _question = new TaskCompletionSource<GpuLook>(TaskCreationOptions.RunContinuationsAsynchronously);
            (_askedAt, _wantsProcesses) = (clock.GetTimestamp(), withProcesses);
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = $"{name} driver" };
                _thread.Start();
            }

            _asked.Release();
            return _question.Task;
        }
    }

    /// <summary>
    /// Lets the thread close the driver and end. One that hangs is left to the end of the process: closing it would hang as well.
    /// </summary>
    public void Dispose()
    {
        _ended = true;
        _asked.Release();
    }

    private void Work()
    {
        while (true)
        {
            _asked.Wait();
            if (_ended)
                break;
            var look = Look();
            lock (_gate)
            {
                _latest = look;
                _question!.SetResult(look);
            }
        }

        Close();
    }

    private GpuLook Look()
    {
        try
        {
            if (_reader is not null && _latest.State is GpuDriverState.Failed && clock.GetElapsedTime(_openedAt!.Value) >= Pause)
                Close();
            if (_reader is null)
            {
                _openedAt = clock.GetTimestamp();
                var opened = open();
                if (opened.Failure is { } failure)
                    return failure.Kind is FailureKind.NotFound ? GpuLook.Nothing : Gone(failure.Message);
                (_reader, _isOpen) = (opened.Value, true);
            }

            var gpus = _reader.Read();
            var processes = _wantsProcesses && _reader.Problem is null ? _reader.ReadProcesses() : GpuLook.NoProcesses;
            if (_reader.Problem is not { } problem)
                return new GpuLook(gpus, processes, GpuDriverState.Ready, null);
            // One card of several may be lost: the others are read on until the next try.
            if (_latest.State is not GpuDriverState.Failed)
                _openedAt = clock.GetTimestamp();
            return new GpuLook(gpus, processes, GpuDriverState.Failed, Again(problem));
        }
        catch (Exception error)
        {
            Close();
            return Gone(error.Message);
        }
    }

    private GpuLook Gone(string reason) => _latest.Unknown(GpuDriverState.Failed, Again(reason));

    private static string Again(string reason) =>
        $"{char.ToUpperInvariant(reason[0])}{reason[1..].TrimEnd('.')}. It is tried again every {Pause.TotalSeconds:0} s.";

    private void Close()
    {
        _isOpen = false;
        try
        {
            Interlocked.Exchange(ref _reader, null)?.Dispose();
        }
        catch (Exception)
        {
            // What cannot be closed is no use any more.
        }
    }
}
