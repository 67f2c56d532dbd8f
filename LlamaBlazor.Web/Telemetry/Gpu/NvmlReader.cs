using System.Buffers.Binary;
using System.Text;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>NVIDIA GPUs through NVML: calls into the driver's library, no process a reading.</summary>
internal sealed class NvmlReader : IGpuReader
{
    private const double MiB = 1048576;

    /// <summary>Cards looked at; machines have up to 16.</summary>
    private const int CardBound = 64;

    /// <summary>Processes listed of each card; a machine of ours has a few.</summary>
    private const int ProcessBound = 4096;

    /// <summary>
    /// Bytes set aside for a process: more than any layout has, because a driver of another layout than we think writes past a tight
    /// buffer's end.
    /// </summary>
    private const int ProcessRoom = 64;

    private readonly Nvml _nvml;
    private readonly Card[] _cards; // fixed when the library starts
    private readonly string? _lost; // why a card did not open then
    private byte[] _processes = new byte[128 * ProcessRoom];

    private NvmlReader(Nvml nvml, Card[] cards, string? lost) => (_nvml, _cards, _lost) = (nvml, cards, lost);

    /// <inheritdoc/>
    public string? Problem { get; private set; }

    /// <summary>
    /// Loads the library and finds the cards. Not found where there is no library, unavailable where it says why there are no cards.
    /// </summary>
    /// <param name="path">Path of the library, or null for the system's.</param>
    public static Result<IGpuReader> Open(string? path = null)
    {
        Nvml? nvml;
        try
        {
            nvml = Nvml.TryLoad(path);
        }
        catch (EntryPointNotFoundException error)
        {
            return Failure.Unavailable($"{error.Message}: it is not NVIDIA's, or older than 2012.");
        }

        if (nvml is null)
            return Failure.NotFound("There is no library of an NVIDIA driver.");
        var code = nvml.Initialise();
        if (code != NvmlError.None)
        {
            nvml.Dispose();
            return Failure.Unavailable(NvmlError.Words(code));
        }

        var (cards, lost) = FindCards(nvml);
        if (cards.Length > 0)
            return new NvmlReader(nvml, cards, lost);
        nvml.Shutdown?.Invoke();
        nvml.Dispose();
        return Failure.Unavailable(lost ?? "The driver lists no card.");
    }

    /// <inheritdoc/>
    public IReadOnlyList<GpuSample> Read()
    {
        Problem = _lost;
        return [.. _cards.Select(Read)];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<int, double> ReadProcesses()
    {
        var held = new Dictionary<int, double>();
        foreach (var card in _cards)
        {
            // Who computes and draws is in both lists with all it holds: the larger figure counts, not the sum.
            var onCard = new Dictionary<int, double>();
            foreach (var list in _nvml.ProcessLists)
            {
                foreach (var (pid, bytes) in ReadList(list, card.Handle))
                    onCard[pid] = Math.Max(onCard.GetValueOrDefault(pid), bytes / MiB);
            }

            foreach (var (pid, mib) in onCard)
                held[pid] = held.GetValueOrDefault(pid) + mib;
        }

        return held;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nvml.Shutdown?.Invoke();
        _nvml.Dispose();
    }

    private GpuSample Read(Card card)
    {
        uint load = 0,
            temperature = 0,
            power = 0;
        var hasLoad = _nvml.Utilization is { } rates && Worked(rates(card.Handle, out var value)) && (load = value.Gpu) <= 100;
        var memory = ReadMemory(card.Handle);
        var hasTemperature = _nvml.Temperature is { } sensor && Worked(sensor(card.Handle, 0, out temperature));
        var hasPower = _nvml.Power is { } draw && Worked(draw(card.Handle, out power));
        return new GpuSample(
            $"nvidia{card.Index}",
            card.Name,
            hasLoad ? load : null,
            memory is { } bytes ? (bytes.Total - bytes.Free) / MiB : null,
            memory?.Total / MiB,
            hasTemperature ? temperature : null,
            hasPower ? power / 1000.0 : null
        );
    }

    // What is not free is in use, by whomever: the second layout tells the driver's share apart, the first counts it in.
    private (ulong Total, ulong Free)? ReadMemory(nint device)
    {
        if (_nvml.Memory is { } read && Worked(read(device, out var bytes)) && bytes.Total > 0 && bytes.Free <= bytes.Total)
            return (bytes.Total, bytes.Free);
        var versioned = new Nvml.VersionedBytes { Version = Nvml.VersionedBytes.Version2 };
        return
            _nvml.VersionedMemory is { } newer
            && Worked(newer(device, ref versioned))
            && versioned.Total > 0
            && versioned.Free <= versioned.Total
            ? (versioned.Total, versioned.Free)
            : null;
    }

    private Dictionary<int, ulong> ReadList(NvmlProcessList list, nint device)
    {
        var count = (uint)(_processes.Length / ProcessRoom);
        var code = list.Read(device, ref count, _processes);
        if (code == NvmlError.InsufficientSize)
        {
            count = Math.Min(ProcessBound, count + 32); // some may have come meanwhile
            _processes = new byte[count * ProcessRoom];
            code = list.Read(device, ref count, _processes);
        }

        var found = new Dictionary<int, ulong>();
        if (code != NvmlError.None)
            return found;
        for (var entry = 0; entry < Math.Min(count, _processes.Length / ProcessRoom); entry++)
        {
            var bytes = _processes.AsSpan(entry * list.EntrySize, list.EntrySize);
            var (pid, used) = ((int)BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            if (used != ulong.MaxValue) // all ones: the driver does not tell
                found[pid] = found.GetValueOrDefault(pid) + used; // once for each part of a divided card
        }

        return found;
    }

    private bool Worked(int code)
    {
        if (NvmlError.IsGone(code))
            Problem = NvmlError.Words(code);
        return code == NvmlError.None;
    }

    private static (Card[] Cards, string? Lost) FindCards(Nvml nvml)
    {
        var (cards, lost) = (new List<Card>(), (string?)null);
        var code = nvml.Count(out var count);
        if (code != NvmlError.None)
            return ([], NvmlError.Words(code));
        for (var index = 0u; index < Math.Min(count, CardBound); index++)
        {
            code = nvml.Device(index, out var device);
            if (code == NvmlError.None)
                cards.Add(new Card(index, device, NameOf(nvml, device) ?? $"NVIDIA GPU {index}"));
            else
                lost = $"Card {index}: {NvmlError.Words(code)}";
        }

        return ([.. cards], lost);
    }

    private static string? NameOf(Nvml nvml, nint device)
    {
        var text = new byte[96]; // NVML_DEVICE_NAME_V2_BUFFER_SIZE
        if (nvml.Name is not { } read || read(device, text, (uint)text.Length) != NvmlError.None)
            return null;
        var end = Array.IndexOf(text, (byte)0);
        return Encoding.UTF8.GetString(text, 0, end < 0 ? text.Length : end) is { Length: > 0 } name ? name : null;
    }

    // A card that does not open has its number all the same: the others keep theirs.
    private sealed record Card(uint Index, nint Handle, string Name);
}
