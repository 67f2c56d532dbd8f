using System.Globalization;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>AMD and Intel GPUs through the files their Linux drivers offer (docs.kernel.org/gpu/amdgpu/driver-misc.html, hwmon sysfs
/// interface).</summary>
internal sealed class SysfsGpuReader : IGpuReader
{
    private const double MiB = 1048576;

    private readonly Card[] _cards; // fixed when it is opened

    private SysfsGpuReader(Card[] cards) => _cards = cards;

    /// <summary>Finds the cards that tell at least their load, memory or power; not found where there are none.</summary>
    /// <param name="root">Where the cards are listed.</param>
    public static Result<IGpuReader> Open(string root = "/sys/class/drm")
    {
        if (!Directory.Exists(root))
            return Failure.NotFound($"{root} is missing.");
        var cards = Directory
            .EnumerateDirectories(root, "card*")
            .Where(path => !Path.GetFileName(path).Contains('-')) // card0-DP-1 is a connector
            .Order(StringComparer.Ordinal)
            .Select(Card.TryOpen)
            .OfType<Card>()
            .ToArray();
        return cards.Length == 0
            ? Failure.NotFound($"{root} lists no card that tells its load, memory or power.")
            : new SysfsGpuReader(cards);
    }

    /// <inheritdoc/>
    public IReadOnlyList<GpuSample> Read() =>
        [
            .. _cards.Select(card => new GpuSample(
                card.Id,
                card.Name,
                Number(card.Busy),
                Number(card.Used) / MiB,
                Number(card.Total) / MiB,
                Number(card.Temperature) / 1000,
                Number(card.Power) / 1_000_000
            )),
        ];

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held open: drivers refuse reads of a card that sleeps, and holding its files would wake it.
    }

    private static double? Number(string? path)
    {
        try
        {
            return
                path is not null && double.TryParse(File.ReadAllText(path), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // the card sleeps
        }
    }

    private sealed record Card(string Id, string Name, string? Busy, string? Used, string? Total, string? Temperature, string? Power)
    {
        public static Card? TryOpen(string path)
        {
            var device = Path.Combine(path, "device");
            var maker = Word(Path.Combine(device, "vendor")) switch
            {
                "0x1002" => "AMD",
                "0x8086" => "Intel",
                _ => null,
            };
            if (maker is null)
                return null;
            var sensors =
                Path.Combine(device, "hwmon") is var hwmon && Directory.Exists(hwmon)
                    ? Directory.EnumerateDirectories(hwmon).Order(StringComparer.Ordinal).FirstOrDefault()
                    : null;
            var card = new Card(
                Path.GetFileName(path),
                $"{maker} {Word(Path.Combine(device, "product_name")) ?? Word(Path.Combine(device, "device")) ?? "GPU"}",
                Existing(device, "gpu_busy_percent"),
                Existing(device, "mem_info_vram_used"),
                Existing(device, "mem_info_vram_total"),
                Existing(sensors, "temp1_input"),
                Existing(sensors, "power1_average") ?? Existing(sensors, "power1_input")
            );
            return card.Busy is null && card.Total is null && card.Power is null ? null : card;
        }

        private static string? Existing(string? folder, string file) =>
            folder is not null && Path.Combine(folder, file) is var path && File.Exists(path) ? path : null;

        private static string? Word(string path)
        {
            try
            {
                return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
