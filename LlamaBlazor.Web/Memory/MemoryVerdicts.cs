using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;

namespace LlamaBlazor.Web.Memory;

/// <summary>
/// Whether models fit now, for lists. What an estimate needs of a model is read once, in the background, and kept until the model changes;
/// the verdict
/// itself takes microseconds and follows what is free.
/// </summary>
internal sealed class MemoryVerdicts : IDisposable
{
    /// <summary>Models kept: about 40 KiB each, most of it the names of tensors.</summary>
    private const int Bound = 512;

    private readonly Dictionary<long, MemoryCase?> _cases = []; // null where a model has no estimate
    private readonly Queue<long> _order = new(); // as they came
    private readonly MemoryAdvisor _advisor;
    private readonly ModelStore _store;
    private readonly IDisposable _library;
    private readonly IDisposable _settings;
    private int _changes;

    /// <summary>Follows the changes of the library and of settings.</summary>
    public MemoryVerdicts(MemoryAdvisor advisor, ModelStore store, ParameterStore parameters)
    {
        (_advisor, _store) = (advisor, store);
        _library = store.Changes.Subscribe(change => Forget(change.Id));
        _settings = parameters.Changes.Subscribe(change => Forget(change.ModelId ?? 0));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _library.Dispose();
        _settings.Dispose();
    }

    /// <summary>The verdict for a model that was prepared, or null.</summary>
    public MemoryVerdict? Find(long id)
    {
        MemoryCase? known;
        lock (_cases)
            _cases.TryGetValue(id, out known);
        return known is null ? null : _advisor.Judge(known);
    }

    /// <summary>Reads what the verdicts of some models need. True when there is something new to show.</summary>
    /// <param name="ids">Models, such as those in view.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<bool> PrepareAsync(IReadOnlyList<long> ids, CancellationToken cancellation)
    {
        var isNew = false;
        foreach (var id in ids.Take(Bound).Where(id => !IsKnown(id)))
        {
            cancellation.ThrowIfCancellationRequested();
            var before = Volatile.Read(ref _changes);
            var model = await _store
                .FindAsync(id.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellation)
                .ConfigureAwait(false);
            var question = model is null ? default : await _advisor.PrepareAsync(model, cancellation).ConfigureAwait(false);
            Keep(id, model is not null && question.IsSuccess ? question.Value : null, before);
            isNew = true;
        }

        return isNew;
    }

    private bool IsKnown(long id)
    {
        lock (_cases)
            return _cases.ContainsKey(id);
    }

    // What was read before a change is not kept: whoever shows the model asks again.
    private void Keep(long id, MemoryCase? question, int before)
    {
        lock (_cases)
        {
            if (before != _changes)
                return;
            if (_cases.TryAdd(id, question))
                _order.Enqueue(id);
            while (_order.Count > Bound)
                _cases.Remove(_order.Dequeue());
        }
    }

    private void Forget(long id)
    {
        lock (_cases)
        {
            _changes++;
            if (id != 0)
            {
                _cases.Remove(id); // its place in the order stays: it costs eight bytes until its turn
                return;
            }

            _cases.Clear();
            _order.Clear();
        }
    }
}
