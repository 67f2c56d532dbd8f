namespace LlamaBlazor.Domain.Telemetry;

/// <summary>Gathers the samples of a minute and gives their mean when the next minute begins.</summary>
public sealed class MinuteRollup
{
    private const long MinuteMs = 60_000;

    /// <summary>Samples of one minute at the shortest interval, twice over.</summary>
    private const int Bound = 120;

    private readonly List<Sample> _samples = new(Bound);

    /// <summary>Takes the next sample. Returns the minute before when this sample is of another one, else null.</summary>
    /// <param name="sample">The sample.</param>
    public Sample? Add(Sample sample)
    {
        Sample? closed = null;
        if (_samples.Count > 0 && (_samples[0].Timestamp / MinuteMs != sample.Timestamp / MinuteMs || _samples.Count == Bound))
        {
            closed = SampleMean.Of(_samples[0].Timestamp / MinuteMs * MinuteMs, _samples);
            _samples.Clear();
        }

        _samples.Add(sample);
        return closed;
    }
}
